// The entry that module federation asks for. What it shares is ready only a tick later, hence the
// import.

void import('./bootstrap.js');
