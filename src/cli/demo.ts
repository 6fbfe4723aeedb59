/** The demo: where nobody wrote a configuration, one question shows what a gateway does, its answer and the reason of its route. */
import { dirname } from 'node:path';
import { isJsonObject, type Json } from '../core/json.ts';
import { ask, postJson, questionBody, type Question, type Send } from './ask.ts';
import { nameOf, type Configuration } from './configuration.ts';
import { describeDecision } from './decision-text.ts';
import { exampleModel } from './greeting.ts';
import { paint, say, styleFor, type Painter, type Terminal } from './terminal.ts';

/** What the demo asks. */
export const DEMO_QUESTION = 'How do I keep data in the EU?';

/** Shows the configuration, asks the question over HTTP and explains the route. Never rejects: what fails is said. */
export async function showDemo(terminal: Terminal, configuration: Configuration, url: string): Promise<void> {
  const { stderr } = terminal;
  const question: Question = {
    model: exampleModel(configuration.whole),
    messages: [{ role: 'user', content: DEMO_QUESTION }],
  };
  const send: Send = (path, init) => fetch(`${url}${path}`, init);
  say(terminal, INTRODUCTION);
  say(terminal, `${paint(stderr, 'dim', indent(withoutPragma(configuration.text)))}\n`);
  say(terminal, `${paint(stderr, 'bold', `> ${DEMO_QUESTION}`)}\n`);
  try {
    const { backend } = await ask(send, question, (text) => say(terminal, text));
    say(
      terminal,
      `\n\nThat was "${backend}", and this is why:\n\n${indent(await explain(send, question, styleFor(stderr)))}`,
    );
  } catch (error) {
    say(terminal, `\nthalweg: the demo broke off: ${error instanceof Error ? error.message : String(error)}\n`);
  }
  say(terminal, nextSteps(terminal, configuration));
}

const INTRODUCTION = `
There is no thalweg.yaml from here upward, so this is the demo: a small model inside this process, which knows nothing but the
handbook of Thalweg, declared at two places. This is the whole configuration:

`;

async function explain(send: Send, question: Question, painter: Painter): Promise<string> {
  const response = await send('/v1/explain', postJson(questionBody(question)));
  const record: Json = JSON.parse(await response.text());
  return describeDecision(isJsonObject(record) ? record : {}, painter);
}

function nextSteps(terminal: Terminal, { path }: Configuration): string {
  return `
Ask more with thalweg run (npx thalweg run), or with any OpenAI client. For models of your own, copy an example from
${nameOf(dirname(path), terminal)} to thalweg.yaml, change it and start again.
`;
}

/** The line for editors says nothing to readers. */
function withoutPragma(text: string): string {
  return text.replace(/^# yaml-language-server:.*\n/, '');
}

function indent(text: string): string {
  return text.replace(/^(?=.)/gm, '  ');
}
