/** What `serve` says once it listens: where, and one request to try. */
import type { WholeConfig } from '../core/config.ts';
import { VERSION } from '../core/version.ts';
import type { NodeGateway } from '../node.ts';
import type { Configuration } from './configuration.ts';
import { count, paint, print, say, type Terminal } from './terminal.ts';

/** How to greet. */
export interface GreetingOptions {
  /** One line for programs instead. */
  readonly json: boolean;
  /** What the request to try asks. */
  readonly question: string;
}

/** Says where the gateway listens; with `json` it prints one line for programs instead. */
export function greet(
  terminal: Terminal,
  { name }: Configuration,
  whole: WholeConfig,
  { url, adminUrl }: NodeGateway,
  { json, question }: GreetingOptions,
): void {
  if (json) {
    const record = { v: 1, event: 'listening', version: VERSION, config: name, url, admin: adminUrl };
    print(terminal, `${JSON.stringify(record)}\n`);
    return;
  }
  const label = (text: string): string => paint(terminal.stderr, 'dim', text);
  const backends = count(Object.keys(whole.backends).length, 'backend');
  const models = count(Object.keys(whole.models).length, 'model');
  say(
    terminal,
    `${paint(terminal.stderr, 'bold', `thalweg ${VERSION}`)} serves ${name}: ${backends}, ${models}\n` +
      `  ${label('clients')}  ${url}/v1\n` +
      `  ${label('admin')}    ${adminUrl} (/readyz, /metrics)\n` +
      `  ${label('try')}      ${curlLine(url, whole, question)}\n`,
  );
}

function curlLine(url: string, whole: WholeConfig, question: string): string {
  const body = JSON.stringify({ model: exampleModel(whole), messages: [{ role: 'user', content: question }] });
  const key = whole.keys === null ? '' : " -H 'authorization: Bearer YOUR_KEY'";
  return `curl ${url}/v1/chat/completions${key} -H 'content-type: application/json' -d '${body}'`;
}

/** A name that can be asked for; where every name can, the one that a backend has, or a word that stands for it. */
export function exampleModel({ models, backends }: WholeConfig): string {
  const named = Object.keys(models).find((name) => name !== '*');
  if (named !== undefined) return named;
  const behind = models['*']?.backends.map(({ id }) => backends[id]?.model).find((model) => model !== '*');
  return behind ?? 'MODEL';
}
