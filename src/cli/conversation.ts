/** A conversation in the terminal: line by line, every answer as it arrives, an interrupt ends the answer or the conversation. */
import { createInterface, type Interface } from 'node:readline/promises';
import { ask, type ChatMessage, type Send } from './ask.ts';
import { CommandError } from './command-error.ts';
import { ExitCode } from './exit-code.ts';
import { paint, print, say, type Terminal } from './terminal.ts';

/** Converses until the input ends or is interrupted. What the gateway refuses is said, and the conversation goes on without it. */
export async function converse(send: Send, model: string, terminal: Terminal): Promise<ExitCode> {
  say(terminal, `${paint(terminal.stderr, 'dim', `${model}; an empty line or Ctrl-D ends, Ctrl-C stops an answer`)}\n`);
  const lines = createInterface({ input: terminal.stdin, output: terminal.stderr, terminal: true });
  const conversation = new Conversation(send, model, terminal, lines);
  try {
    return await conversation.last();
  } finally {
    lines.close();
  }
}

class Conversation {
  readonly #send: Send;
  readonly #model: string;
  readonly #terminal: Terminal;
  readonly #lines: Interface;
  #history: readonly ChatMessage[] = [];
  /** Stops what goes on: the wait for a line, or an answer. */
  #current = new AbortController();
  #isAnswering = false;

  constructor(send: Send, model: string, terminal: Terminal, lines: Interface) {
    this.#send = send;
    this.#model = model;
    this.#terminal = terminal;
    this.#lines = lines;
    lines.on('SIGINT', () => this.#current.abort());
    lines.on('close', () => this.#isAnswering || this.#current.abort());
  }

  async last(): Promise<ExitCode> {
    for (;;) {
      const line = await this.#nextLine();
      if (line === null) return ExitCode.ok;
      await this.#answer({ role: 'user', content: line });
    }
  }

  /** null = the end. */
  async #nextLine(): Promise<string | null> {
    this.#current = new AbortController();
    try {
      const line = await this.#lines.question('> ', { signal: this.#current.signal });
      return line.trim() === '' ? null : line;
    } catch (error) {
      if (!this.#current.signal.aborted && !isClosed(error)) throw error;
      say(this.#terminal, '\n');
      return null;
    }
  }

  async #answer(message: ChatMessage): Promise<void> {
    const messages = [...this.#history, message];
    const { signal } = (this.#current = new AbortController());
    this.#isAnswering = true;
    try {
      const question = { model: this.#model, messages };
      const { text } = await ask(this.#send, question, (piece) => print(this.#terminal, piece), signal);
      this.#history = [...messages, { role: 'assistant', content: text }];
      print(this.#terminal, '\n');
    } catch (error) {
      if (signal.aborted) print(this.#terminal, '\n');
      else if (error instanceof CommandError) say(this.#terminal, `thalweg: ${error.message}\n`);
      else throw error;
    } finally {
      this.#isAnswering = false;
    }
  }
}

/** The input ended between two lines. */
function isClosed(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_USE_AFTER_CLOSE';
}
