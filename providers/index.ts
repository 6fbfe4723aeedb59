/** The catalogue: every vendor and server software that a backend may name. */
import type { Catalogue } from '../src/core/catalogue.ts';
import { anthropicCompatible } from './anthropic-compatible.ts';
import { anthropic } from './anthropic.ts';
import { azureOpenai } from './azure-openai.ts';
import { cerebras } from './cerebras.ts';
import { dashscope } from './dashscope.ts';
import { deepseek } from './deepseek.ts';
import { embedded } from './embedded.ts';
import { fireworks } from './fireworks.ts';
import { groq } from './groq.ts';
import { llamaCpp } from './llama-cpp.ts';
import { lmStudio } from './lm-studio.ts';
import { mistral } from './mistral.ts';
import { nvidiaNim } from './nvidia-nim.ts';
import { ollama } from './ollama.ts';
import { openaiCompatible } from './openai-compatible.ts';
import { openaiResponses } from './openai-responses.ts';
import { openai } from './openai.ts';
import { openrouter } from './openrouter.ts';
import { sambanova } from './sambanova.ts';
import { sglang } from './sglang.ts';
import { together } from './together.ts';
import { vllm } from './vllm.ts';
import { xai } from './xai.ts';

const hosted = [
  openai,
  openaiResponses,
  azureOpenai,
  anthropic,
  deepseek,
  mistral,
  xai,
  together,
  fireworks,
  openrouter,
  dashscope,
  nvidiaNim,
];
const accelerators = [groq, cerebras, sambanova];
const selfHosted = [embedded, vllm, sglang, llamaCpp, ollama, lmStudio, openaiCompatible, anthropicCompatible];

/** Every row by id: hosted vendors, accelerator clouds, servers one runs oneself. */
export const catalogue: Catalogue = new Map([...hosted, ...accelerators, ...selfHosted].map((row) => [row.id, row]));
