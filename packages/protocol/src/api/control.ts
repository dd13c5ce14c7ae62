/** `control.v1`: what only the agent as a whole can do. In-process object or {@link connectControl}. */
export interface ControlApi {
  /** Reads the configuration again; the problems that kept it from taking effect, or none. */
  reload(): Promise<readonly string[]>;
  /** Leaves the cluster gracefully, then stops the agent; resolves when it has left. */
  leave(): Promise<void>;
}
