/** Names of files in a manifest: which are canonical, and which two a file system may take for one. */

/** Why a name is not canonical (OMS v1.0 section 6.1.2), or null when it is: relative, `/` between parts, no empty part, `.` or `..`. */
export function nameFault(name: string): string | null {
  if (name === '') return 'is empty';
  if (name.startsWith('/')) return 'is absolute';
  if (name.includes('\0') || !name.isWellFormed()) return 'is not UTF-8 text';
  for (const part of name.split('/')) {
    if (part === '') return 'has an empty part';
    if (part === '.' || part === '..') return `has a part ${part}`;
  }
  return null;
}

/** The form in which names that some file systems hold to be the same are equal: case and composition are folded. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}
