/** Hands text over as a file, in the browser's own way. */
export function downloadText(name: string, text: string, type = 'application/json'): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // A browser may read the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
