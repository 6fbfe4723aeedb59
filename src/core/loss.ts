/** What a translation could not say: named, never silent. */

/** One thing that was dropped, changed or approximated. */
export interface Loss {
  /** Dotted path in the client's request or the upstream's answer, for example `logit_bias` or `messages[2].audio`. */
  readonly field: string;
  /** What happened to it. */
  readonly kind: 'dropped' | 'changed' | 'approximated';
  /** One sentence for a person: why, and what was done instead. */
  readonly why: string;
}

/** Collects losses of one exchange; the same field is kept once. */
export interface LossLog {
  readonly losses: readonly Loss[];
  add(loss: Loss): void;
}

/** An empty log. */
export function createLossLog(): LossLog {
  const losses: Loss[] = [];
  return {
    losses,
    add(loss) {
      if (!losses.some((known) => known.field === loss.field && known.kind === loss.kind)) losses.push(loss);
    },
  };
}
