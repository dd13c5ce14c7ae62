import { grpcTarget, isOfThisMachine } from './public-grpc-piece';

describe('addresses for gRPC', () => {
  it.each([
    [{ path: '/run/tribune.sock' }, 'unix:/run/tribune.sock', true],
    [{ host: '127.0.0.1', port: 8502 }, '127.0.0.1:8502', true],
    [{ host: '127.1.2.3', port: 8502 }, '127.1.2.3:8502', true],
    [{ host: '::1', port: 8502 }, '[::1]:8502', true],
    [{ host: '0.0.0.0', port: 8502 }, '0.0.0.0:8502', false],
    [{ host: '::', port: 8502 }, '[::]:8502', false],
    [{ host: '10.0.0.1', port: 8502 }, '10.0.0.1:8502', false],
  ])('%j is %s; for this machine only: %s', (address, target, isLocal) => {
    expect(grpcTarget(address)).toBe(target);
    expect(isOfThisMachine(address)).toBe(isLocal);
  });
});
