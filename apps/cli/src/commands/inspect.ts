export function addInspect(): void {}
