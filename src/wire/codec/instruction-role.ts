/** The role that instructions travel under at a vendor. */
import type { Role } from '../../core/chat.ts';
import type { LossLog } from '../../core/loss.ts';
import type { Dialect } from '../../core/protocol.ts';

/** The role that the vendor knows; calling a developer's word a system text is a change. Every other role stays. */
export function fitRole(role: Role, to: Dialect, path: string, losses: LossLog): Role {
  if ((role !== 'system' && role !== 'developer') || to.systemRole === 'any') return role;
  if (role === 'developer' && to.systemRole === 'system') {
    const why = 'The vendor knows no developer role: it went as system.';
    losses.add({ field: `${path}.role`, kind: 'changed', why });
  }
  return to.systemRole;
}
