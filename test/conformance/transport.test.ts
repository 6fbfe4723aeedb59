/** The transport suite over undici's dispatch and over fetch. */
import { createNodeTransport } from '../../src/transport/node/index.ts';
import { createWebTransport } from '../../src/transport/web/index.ts';
import { realClock as clock } from '../faults/real-clock.ts';
import { transportSuite } from './transport.ts';

transportSuite(
  'transport/node',
  (maxAnswerBytes) => createNodeTransport({ clock, maxAnswerBytes, maxHeaderBytes: 20_000 }),
  {
    inflates: false,
    tellsConnect: true,
    tellsMalformed: true,
    maxHeaderBytes: 20_000,
  },
);

transportSuite('transport/web', (maxAnswerBytes) => createWebTransport({ clock, fetch, maxAnswerBytes }), {
  inflates: true,
  tellsConnect: false,
  tellsMalformed: true,
  maxHeaderBytes: null,
});
