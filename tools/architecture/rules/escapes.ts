/** The ways around the type checker, and notes to self left in comments. */
import { isHouse } from '../floors.ts';
import type { Rule } from '../rule.ts';
import { isNode, walk } from '../syntax.ts';

/** No `any`. */
export const anyRule: Rule = {
  id: 'any',
  why: 'any turns the checker off for everything it touches',
  check({ modules }, report) {
    for (const module of modules.values()) {
      walk(module.tree, ({ node }) => {
        if (node.type === 'TSAnyKeyword')
          report(module.path, module.lineAt(node.start), 'any; say unknown and narrow it');
      });
    }
  },
};

/** No cast through `unknown` in the house. */
export const castRule: Rule = {
  id: 'double-cast',
  why: 'a cast through unknown states what nobody checked',
  check({ modules }, report) {
    for (const module of modules.values()) {
      if (!isHouse(module.path)) continue;
      walk(module.tree, ({ node }) => {
        const inner = node['expression'];
        if (node.type !== 'TSAsExpression' || !isNode(inner) || inner.type !== 'TSAsExpression') return;
        report(module.path, module.lineAt(node.start), 'a cast of a cast; narrow with a check instead');
      });
    }
  },
};

/** Comments do not silence the checker; a test may expect an error that it names. */
export const silenceRule: Rule = {
  id: 'silenced',
  why: 'a silenced error is still an error',
  check({ modules }, report) {
    for (const module of modules.values()) {
      const banned = module.path.startsWith('test/') ? /@ts-(ignore|nocheck)/ : /@ts-(ignore|nocheck|expect-error)/;
      for (const comment of module.comments) {
        const match = /^\W*(@ts-[a-z-]+)/.exec(comment.text);
        if (match && banned.test(match[0]))
          report(module.path, module.lineAt(comment.start), `${match[1]} is not used here`);
      }
    }
  },
};

/** No promises of later work in comments. */
export const promiseRule: Rule = {
  id: 'todo',
  why: 'unfinished work belongs in an issue',
  check({ modules }, report) {
    for (const module of modules.values()) {
      for (const { text, start } of module.comments) {
        const match = /\b(TODO|FIXME|XXX|HACK)\b/.exec(text);
        if (match) report(module.path, module.lineAt(start), `${match[0]} in a comment`);
      }
    }
  },
};
