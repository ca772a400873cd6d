export function isOurs(name: string): boolean;
export function isAllowedLine(name: string, line: string): boolean;
export function isMonitoringPath(path: string): boolean;
export function isAllowedGet(method: string, path: string): boolean;
export function isUsers(name: string): boolean;
