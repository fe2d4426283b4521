/** Hands JSON text over as a file. */
export function downloadText(name: string, text: string): void {
  downloadFile(name, new Blob([text], { type: 'application/json' }));
}

/** Hands a file over in the browser's own way. */
export function downloadFile(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = address;
  link.download = name;
  link.click();
  // A browser may read the address after the click has returned.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
