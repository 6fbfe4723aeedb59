/** The server counts what runs, and a drain leaves nobody hanging. */
import type { Socket } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import type { Call, ReplySink } from '../../../src/core/gateway.ts';
import { createNodeDoor } from '../../../src/server/node/index.ts';
import { createNodeServer, type NodeServer } from '../../../src/server/node/listen.ts';
import { dial } from '../../faults/raw-client.ts';
import { realClock as clock } from '../../faults/real-clock.ts';

const REQUEST = 'GET /v1/models HTTP/1.1\r\nhost: gateway.test\r\n\r\n';
const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

interface Visit {
  readonly socket: Socket;
  text: string;
  readonly closed: Promise<void>;
}

interface Scene {
  readonly server: NodeServer;
  readonly port: number;
  readonly calls: { readonly call: Call; readonly sink: ReplySink }[];
  cuts: number;
}

const servers: NodeServer[] = [];
const sockets: Socket[] = [];
afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await Promise.all(servers.splice(0).map((server) => server.drain(0)));
});

/** A server whose calls wait for the test to answer them. */
async function start(cut?: (scene: Scene) => void): Promise<Scene> {
  const calls: Scene['calls'] = [];
  const door = createNodeDoor({ clock, limits: { body: 1000 }, hosts: [] });
  const entry = { surface: 'openai-chat', operation: 'list-models', target: null, hasBody: false } as const;
  const server = createNodeServer({
    clock,
    fetch: (request, env) => door.receive(env, request, entry, (call, sink) => void calls.push({ call, sink })),
    cut: () => {
      scene.cuts++;
      cut?.(scene);
    },
  });
  servers.push(server);
  const { port } = await server.listen('127.0.0.1', 0);
  const scene: Scene = { server, port, calls, cuts: 0 };
  return scene;
}

async function visit(scene: Scene, request = REQUEST): Promise<Visit> {
  const socket = await dial(scene.port);
  sockets.push(socket);
  const closed = Promise.withResolvers<void>();
  const result: Visit = { socket, text: '', closed: closed.promise };
  socket.on('data', (chunk: Buffer) => (result.text += chunk.toString()));
  socket.on('error', () => {});
  socket.once('close', () => closed.resolve());
  if (request !== '') socket.write(request);
  return result;
}

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await pause(5);
  expect(condition()).toBe(true);
}

function begin(sink: ReplySink): void {
  sink.start(200, ['content-type', 'text/event-stream']);
  sink.write(bytes('data: 1\n\n'));
}

describe('listening', () => {
  it('refuses an address that is taken', async () => {
    const scene = await start();
    const other = createNodeServer({ clock, fetch: () => new Response(null) });
    await expect(other.listen('127.0.0.1', scene.port)).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  it('counts running answers, also those whose client left', async () => {
    const scene = await start();
    const first = await visit(scene);
    await visit(scene);
    await until(() => scene.calls.length === 2);
    expect(scene.server.running()).toBe(2);
    scene.calls[1]!.sink.start(200, ['content-length', '0']);
    scene.calls[1]!.sink.end();
    first.socket.destroy();
    await until(() => scene.server.running() === 0);
  });

  it('tells every call of a connection that its client left, also those that wait for their turn', async () => {
    const scene = await start();
    const { socket } = await visit(scene, REQUEST + REQUEST + REQUEST);
    await until(() => scene.calls.length === 3);
    let gone = 0;
    for (const { call } of scene.calls) call.onGone(() => gone++);
    socket.destroy();
    await until(() => gone === 3);
    expect(scene.server.running()).toBe(0);
  });

  it('B74 gives up a connection that sends requests ahead without end', async () => {
    const scene = await start();
    const { closed } = await visit(scene, REQUEST.repeat(500));
    await closed;
    expect(scene.calls.length).toBeLessThanOrEqual(32);
    await until(() => scene.server.running() === 0);
  });

  it('answers requests that were sent ahead in their order', async () => {
    const scene = await start();
    const seen = await visit(scene, REQUEST + REQUEST);
    await until(() => scene.calls.length === 2);
    for (const [i, text] of [
      [1, 'second'],
      [0, 'first'],
    ] as const) {
      const { sink } = scene.calls[i]!;
      sink.start(200, ['content-length', String(text.length)]);
      sink.write(bytes(text));
      sink.end();
    }
    await until(() => seen.text.includes('second'));
    expect(seen.text.indexOf('first')).toBeLessThan(seen.text.indexOf('second'));
  });
});

describe('drain', () => {
  it('is over at once when nothing runs, and closes connections that never sent a request', async () => {
    const scene = await start();
    const silent = await visit(scene, '');
    const half = await visit(scene, 'GET / HTTP/1.1\r\nhost:');
    await pause(20);
    const startMs = performance.now();
    expect(await scene.server.drain(5000)).toEqual({ finished: 0, cut: 0 });
    expect(performance.now() - startMs).toBeLessThan(200);
    await Promise.all([silent.closed, half.closed]);
  });

  it('accepts nothing more', async () => {
    const scene = await start();
    await scene.server.drain(0);
    await expect(dial(scene.port)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  it('F31 lets what runs finish: streams that began, and answers that did not', async () => {
    const scene = await start();
    const streaming = await visit(scene);
    const waiting = await visit(scene);
    await until(() => scene.calls.length === 2);
    begin(scene.calls[0]!.sink);
    await until(() => streaming.text.includes('data: 1'));
    const report = scene.server.drain(5000);
    await pause(50);
    scene.calls[1]!.sink.start(200, ['content-length', '2']);
    scene.calls[1]!.sink.write(bytes('ok'));
    scene.calls[1]!.sink.end();
    scene.calls[0]!.sink.write(bytes('data: 2\n\n'));
    scene.calls[0]!.sink.end();
    expect(await report).toEqual({ finished: 2, cut: 0 });
    await Promise.all([streaming.closed, waiting.closed]);
    expect(streaming.text).toMatch(/data: 2\n\n\r\n0\r\n\r\n$/);
    expect(waiting.text).toMatch(/connection: close/i);
    expect(waiting.text).toMatch(/ok$/);
    expect(scene.cuts).toBe(0);
  });

  it('F31 gives the rest an honest end when the grace time is over', async () => {
    const scene = await start(({ calls }) => {
      calls[0]!.sink.write(bytes('data: {"error":"gateway-shutdown"}\n\n'));
      calls[0]!.sink.end();
    });
    const honest = await visit(scene);
    const stuck = await visit(scene);
    await until(() => scene.calls.length === 2);
    for (const { sink } of scene.calls) begin(sink);
    const startMs = performance.now();
    expect(await scene.server.drain(100)).toEqual({ finished: 0, cut: 2 });
    expect(performance.now() - startMs).toBeLessThan(2500);
    await Promise.all([honest.closed, stuck.closed]);
    expect(honest.text).toMatch(/gateway-shutdown"}\n\n\r\n0\r\n\r\n$/);
    expect(stuck.text).toMatch(/data: 1\n\n\r\n$/);
    expect([scene.cuts, scene.server.running()]).toEqual([1, 0]);
  });
});
