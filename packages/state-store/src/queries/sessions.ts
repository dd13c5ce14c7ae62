import type { Session } from '@tribune/protocol';
import { indexed } from './indexed';
import type { ReadTables } from '../tables/tables';
import type { Indexed } from '../view/view';

export function session(tables: ReadTables, id: string): Indexed<Session | undefined> {
  const row = tables.sessions.get(id);
  return indexed(tables.indexes.get('sessions'), row, [`session/${id.toLowerCase()}`]);
}

export function sessions(tables: ReadTables): Indexed<readonly Session[]> {
  return indexed(tables.indexes.get('sessions'), [...tables.sessions.rows()], ['sessions']);
}

export function nodeSessions(tables: ReadTables, node: string): Indexed<readonly Session[]> {
  return indexed(tables.indexes.get('sessions'), tables.sessions.onNode(node), [`node-sessions/${node.toLowerCase()}`]);
}
