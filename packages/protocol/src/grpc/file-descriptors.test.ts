import { join } from 'node:path';
import { Root } from 'protobufjs';
import { FileDescriptorProto, FileDescriptorSet, type IFileDescriptorProto } from 'protobufjs/ext/descriptor';
import { describedPackage } from './file-descriptors';
import { PROTO_ROOT } from './load-service';

function descriptorsOf(file: string): IFileDescriptorProto[] {
  const described = describedPackage(join(PROTO_ROOT, file), [PROTO_ROOT]);
  const bytes = Object.values(described).flatMap((entry) => (entry.fileDescriptorProtos as Buffer[] | undefined) ?? []);
  return [...new Set(bytes)].map((one) => FileDescriptorProto.toObject(FileDescriptorProto.decode(one)));
}

const catalog = descriptorsOf('tribune/catalog/v1/catalog.proto');
const node = catalog[0]!.messageType!.find(({ name }) => name === 'Node')!;

test('one file, which says that it is proto3', () => {
  expect(catalog.map((file) => [file.package, file.syntax])).toEqual([['tribune.catalog.v1', 'proto3']]);
});

test('fields bear the names of the contract', () => {
  expect(node.field!.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['tagged_addresses', 'create_index', 'modify_index']),
  );
});

test('map fields have entries of the name that protobuf demands', () => {
  const entries = node.nestedType!.map(({ name, options }) => [name, options?.mapEntry]);
  expect(entries).toEqual([
    ['TaggedAddressesEntry', true],
    ['MetaEntry', true],
  ]);
  const types = node.field!.filter(({ typeName }) => typeName).map(({ name, typeName }) => [name, typeName]);
  expect(types).toEqual([
    ['tagged_addresses', 'TaggedAddressesEntry'],
    ['meta', 'MetaEntry'],
  ]);
});

test('a client can build the messages from them, and reads what the contract says', () => {
  const set = FileDescriptorSet.fromObject({ file: catalog });
  const fromDescriptor = (Root as unknown as { fromDescriptor(set: unknown): Root }).fromDescriptor(set);
  const Node = fromDescriptor.resolveAll().lookupType('tribune.catalog.v1.Node');
  const bytes = Node.encode(Node.fromObject({ node: 'n1', taggedAddresses: { lan: '10.0.0.1' } })).finish();
  const text = Buffer.from(bytes).toString('latin1');
  expect(text).toContain('n1');
});
