export interface ReadTables {}
