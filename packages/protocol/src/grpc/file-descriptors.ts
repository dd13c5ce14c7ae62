import { loadSync, type PackageDefinition } from '@grpc/proto-loader';
import { DescriptorProto, FileDescriptorProto, type IDescriptorProto } from 'protobufjs/ext/descriptor';

/**
 * A contract with the descriptors that clients of reflection build their messages from. Those that proto-loader makes lack
 * what strict clients (protobuf's own libraries, and so grpcurl) insist on: fields bear the names of the file, the entry
 * of a map field `tagged_addresses` is called `TaggedAddressesEntry`, and the file says that it is proto3.
 */
export function describedPackage(file: string, includeDirs: readonly string[]): PackageDefinition {
  const loaded = loadSync(file, { includeDirs: [...includeDirs], keepCase: true });
  const repaired = new Map<Buffer, Buffer>();
  const repairOnce = (bytes: Buffer): Buffer => {
    const known = repaired.get(bytes) ?? repairedFile(bytes);
    repaired.set(bytes, known);
    return known;
  };
  return Object.fromEntries(
    Object.entries(loaded).map(([name, entry]) => {
      const { fileDescriptorProtos } = entry as { readonly fileDescriptorProtos?: readonly Buffer[] };
      if (!fileDescriptorProtos) return [name, entry];
      return [name, { ...entry, fileDescriptorProtos: fileDescriptorProtos.map(repairOnce) }];
    }),
  ) as PackageDefinition;
}

function repairedFile(bytes: Buffer): Buffer {
  const file = FileDescriptorProto.toObject(FileDescriptorProto.decode(bytes));
  const messages = (file.messageType as IDescriptorProto[] | undefined) ?? [];
  const repaired = { ...file, syntax: 'proto3', messageType: messages.map(repairedMessage) };
  return Buffer.from(FileDescriptorProto.encode(FileDescriptorProto.fromObject(repaired)).finish());
}

/** Entries of maps are looked for by the name that follows from their field's. */
function repairedMessage(message: IDescriptorProto): IDescriptorProto {
  const entries = new Set((message.nestedType ?? []).filter(isMapEntry).map(({ name }) => name));
  const fieldOf = new Map<string, string>();
  const field = (message.field ?? []).map((one) => {
    if (!entries.has(one.typeName ?? undefined)) return one;
    const typeName = entryName(one.name!);
    fieldOf.set(one.typeName!, typeName);
    return { ...one, typeName };
  });
  const nestedType = (message.nestedType ?? []).map((one) =>
    isMapEntry(one) ? { ...one, name: fieldOf.get(one.name!) ?? one.name } : repairedMessage(one),
  );
  return DescriptorProto.fromObject({ ...message, field, nestedType }) as IDescriptorProto;
}

const isMapEntry = ({ options }: IDescriptorProto): boolean => options?.mapEntry === true;

/** `tagged_addresses` → `TaggedAddressesEntry`, as protoc does it. */
const entryName = (field: string): string =>
  `${field.replace(/(^|_)([a-z0-9])/g, (_, __, letter: string) => letter.toUpperCase())}Entry`;
