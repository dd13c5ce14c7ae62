import { parseHcl } from './parse-hcl';
import { plainTree } from './plain-tree';

const LISTS = new Set(['services', 'checks', 'check_list']);
const read = (text: string): unknown => plainTree(parseHcl(text), (key) => LISTS.has(key));

describe('HCL 1', () => {
  test.each<[string, string, unknown]>([
    ['an empty file', '', {}],
    [
      'scalars',
      'a = "x"\nb = 12\nc = -1\nd = 1.5e3\ne = true\nf = false',
      { a: 'x', b: 12, c: -1, d: 1500, e: true, f: false },
    ],
    ['hexadecimal and octal numbers', 'a = 0x1F\nb = 0755\nc = -0x10', { a: 31, b: 493, c: -16 }],
    ['comments of all three kinds', '# one\na = 1 // two\n/* three\n four */ b = 2', { a: 1, b: 2 }],
    ['a block', 'ports { http = 8500 dns = -1 }', { ports: { http: 8500, dns: -1 } }],
    ['an object value', 'ports = { http = 8500, dns = 53, }', { ports: { http: 8500, dns: 53 } }],
    ['a block where a list is meant', 'services { name = "a" }', { services: [{ name: 'a' }] }],
    [
      'repeated blocks in order',
      'services { name = "a" }\nservices { name = "b" }',
      { services: [{ name: 'a' }, { name: 'b' }] },
    ],
    [
      'a repeated block that must be single stays visible',
      'ports { a = 1 }\nports { b = 2 }',
      { ports: [{ a: 1 }, { b: 2 }] },
    ],
    ['a list of objects', 'services = [{ name = "a" }, { name = "b" },]', { services: [{ name: 'a' }, { name: 'b' }] }],
    ['lists that add up', 'retry_join = ["a"]\nretry_join = ["b", "c"]', { retry_join: ['a', 'b', 'c'] }],
    ['nested lists', 'a = [[1, 2], []]', { a: [[1, 2], []] }],
    ['the last of repeated scalars', 'a = 1\na = 2', { a: 2 }],
    ['quoted keys', '"node_name" = "x"\nservice_ttl { "*" = "5s" }', { node_name: 'x', service_ttl: { '*': '5s' } }],
    ['labels', 'key "" { policy = "read" }', { key: { '': { policy: 'read' } } }],
    ['two labels', 'sink "file" "main" { path = "x" }', { sink: { file: { main: { path: 'x' } } } }],
    ['names with dots and dashes', 'a-b.c = 1', { 'a-b.c': 1 }],
    ['escapes', String.raw`a = "q\"t\tn\n\u00e7\\ \U0001F600"`, { a: 'q"t\tn\nç\\ 😀' }],
    ['go-sockaddr templates', String.raw`a = "{{ GetInterfaceIP \"eth0\" }}"`, { a: '{{ GetInterfaceIP "eth0" }}' }],
    ['interpolation kept as written', 'a = "x ${lookup("k")} y"', { a: 'x ${lookup("k")} y' }],
    ['a heredoc', 'a = <<EOF\none\n  two\nEOF\nb = 1', { a: 'one\n  two\n', b: 1 }],
    ['an indented heredoc', 'a = <<-EOF\n    one\n      two\n    EOF\n', { a: 'one\n  two\n' }],
    ['a byte order mark and CRLF', '\uFEFFa = 1\r\nb = 2\r\n', { a: 1, b: 2 }],
    ['__proto__ as a plain key', '__proto__ = 1\nb = 2', JSON.parse('{"__proto__": 1, "b": 2}')],
  ])('reads %s', (_, text, expected) => expect(read(text)).toEqual(expected));

  test.each<[string, RegExp]>([
    ['a = ', /line 1, column 5: expected a value, found end of file/],
    ['a = [1 2]', /line 1, column 8: expected "," or "\]"/],
    ['a', /expected "=" or "\{", found end of file/],
    ['\n\nports {', /line 3, column 8: expected a key, found end of file/],
    ['a = "open', /line 1, column 5: string is not closed/],
    ['a = "bad \\q"', /unknown escape \\q/],
    ['a = 1\nb = @', /line 2, column 5: unexpected character "@"/],
    ['a = <<EOF\nx\n', /heredoc has no closing line EOF/],
    ['/* open', /comment is not closed/],
    ['}', /expected a key, found "}"/],
    ['a = name', /expected a value, found "name"/],
  ])('refuses %j with the place', (text, message) => expect(() => parseHcl(text)).toThrow(message));
});
