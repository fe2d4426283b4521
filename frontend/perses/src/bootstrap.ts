// Nothing happens until a host asks for a panel.

export {};
