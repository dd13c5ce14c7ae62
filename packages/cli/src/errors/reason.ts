/**
 * What a thrown value says. The platform has the same, but its index brings the logger and the metrics along, which
 * costs more than the rest of a short command.
 */
export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
