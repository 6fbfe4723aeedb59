/** `thalweg serve` within this process: what it says, and what reloading does to the addresses of the command line. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { runCommandLine } from '../../../src/cli/command-line.ts';
import { makeFolder } from '../../support/folder.ts';
import { makeTerminal } from '../../support/terminal.ts';
import { JUDGED, SMALLEST } from './configurations.ts';

describe('thalweg serve', () => {
  it('says where it listens and what to try, with a key where one is needed', async () => {
    const terminal = makeTerminal({ cwd: makeFolder({ 'thalweg.yaml': JUDGED }) });
    const ended = runCommandLine(['serve', '--port', '0', '--admin-port', '0'], terminal);
    await expect.poll(terminal.err).toContain('try');
    expect(terminal.err()).toMatch(/^thalweg \S+ serves thalweg\.yaml: 2 backends, 1 model\n/);
    expect(terminal.err()).toMatch(/clients {2}http:\/\/127\.0\.0\.1:\d+\/v1\n/);
    expect(terminal.err()).toMatch(
      /curl http:\/\/127\.0\.0\.1:\d+\/v1\/chat\/completions -H 'authorization: Bearer YOUR_KEY' .*"model":"assistant"/,
    );
    terminal.events.emit('SIGTERM', 'SIGTERM');
    expect(await ended).toBe(0);
    expect(terminal.out()).toContain('"name":"stopped"');
  });

  it('refuses a reload that would open it beyond this machine, and says what waits for a restart', async () => {
    const cwd = makeFolder({ 'thalweg.yaml': JUDGED });
    const terminal = makeTerminal({ cwd });
    const ended = runCommandLine(['serve', '--host', '0.0.0.0', '--port', '0', '--admin-port', '0'], terminal);
    await expect.poll(terminal.err).toContain('try');
    writeFileSync(join(cwd, 'thalweg.yaml'), SMALLEST);
    terminal.events.emit('SIGHUP', 'SIGHUP');
    await expect.poll(terminal.err).toContain('thalweg.yaml is refused (without keys');
    const faulty = JUDGED.replace('model: r1', 'modle: r1').replace('[DE, FR]', 'EAA');
    writeFileSync(join(cwd, 'thalweg.yaml'), faulty.replace('[assistant] }', '[assistent] }'));
    terminal.events.emit('SIGHUP', 'SIGHUP');
    await expect.poll(terminal.err).toContain('thalweg.yaml is refused (3 errors); the one before it stays in service');
    for (const code of ['unknown-key', 'unknown-zone', 'unknown-model']) expect(terminal.err()).toContain(`[${code}]`);
    await expect.poll(terminal.out).toMatch(/config-refused.*unknown-key.*unknown-zone.*unknown-model.*was not linted/);
    writeFileSync(join(cwd, 'thalweg.yaml'), `${JUDGED}gateway: { hosts: [gateway.example] }\n`);
    terminal.events.emit('SIGHUP', 'SIGHUP');
    await expect.poll(terminal.err).toContain('1 change; needs a restart: gateway.hosts');
    terminal.events.emit('SIGINT', 'SIGINT');
    expect(await ended).toBe(130);
  });
});
