// A server on 127.0.0.1 that does to each request what the test says, on one plain thread. It ends with the test.

import Glibc
import Synchronization

@testable import Replicate

final class LoopbackServer: Sendable {
    struct Request: Sendable {
        /// Connections are counted from 1 in the order they came.
        let connection: Int
        let head: String
        let body: [UInt8]

        var method: String { String(head.prefix { $0 != " " }) }
        var path: String { head.split(separator: " ", maxSplits: 2).dropFirst().first.map(String.init) ?? "" }
    }

    enum Action: Sendable {
        case send([UInt8], to: Int)
        case close(Int)
    }

    /// What to do when a whole request has come in; nothing at all leaves the client waiting.
    typealias Script = @Sendable (Request) -> [Action]

    let port: UInt16
    /// All requests that came in whole.
    let requests = Recorder<Request>()
    /// Each request when it is whole, and each connection that the client closed, for tests that wait for them.
    let arrivals: AsyncStream<Request>
    let closings: AsyncStream<Int>

    private let sent = Counter()
    private let stopPipe: Int32
    private let thread: pthread_t

    var base: String { "http://127.0.0.1:\(port)" }

    /// What the system has taken of all answers.
    var bytesSent: Int { sent.count.load(ordering: .relaxed) }

    private final class Counter: Sendable {
        let count = Atomic(0)
    }

    init(_ script: @escaping Script) throws {
        let listener = try Self.listen()
        port = try Self.port(of: listener)
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw Failure(errno) }
        stopPipe = ends[1]
        let (arrivals, arrival) = AsyncStream.makeStream(of: Request.self)
        let (closings, closing) = AsyncStream.makeStream(of: Int.self)
        (self.arrivals, self.closings) = (arrivals, closings)
        let reports = LoopbackLoop.Reports(
            closed: { closing.yield($0) }, sent: { [sent] in sent.count.wrappingAdd($0, ordering: .relaxed) })
        let loop = LoopbackLoop(listener: listener, stop: ends[0], reports: reports) { [requests] request in
            requests.add(request)
            arrival.yield(request)
            return script(request)
        }
        var thread = pthread_t()
        let body = Unmanaged.passRetained(loop).toOpaque()
        let status = pthread_create(
            &thread, nil,
            { context in
                if let context { Unmanaged<LoopbackLoop>.fromOpaque(context).takeRetainedValue().run() }
                return nil
            }, body)
        guard status == 0 else { throw Failure(status) }
        self.thread = thread
    }

    deinit {
        close(stopPipe)
        pthread_join(thread, nil)
    }

    /// A port where nobody listens.
    static func closedPort() throws -> UInt16 {
        let listener = try listen()
        defer { close(listener) }
        return try port(of: listener)
    }

    static func answer(_ body: String, status: Int = 200, headers: [String] = []) -> [UInt8] {
        let lines = ["HTTP/1.1 \(status) X", "Content-Length: \(body.utf8.count)"] + headers
        return Array((lines.map { $0 + "\r\n" }.joined() + "\r\n" + body).utf8)
    }

    struct Failure: Error {
        let code: Int32
        init(_ code: Int32) { self.code = code }
    }

    static func listen() throws -> Int32 {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard listener >= 0 else { throw Failure(errno) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        let bound = withUnsafePointer(to: address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        guard bound == 0, Glibc.listen(listener, 512) == 0 else {
            close(listener)
            throw Failure(errno)
        }
        return listener
    }

    static func port(of listener: Int32) throws -> UInt16 {
        var address = sockaddr_in()
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let known = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(listener, $0, &length) }
        }
        guard known == 0 else { throw Failure(errno) }
        return UInt16(bigEndian: address.sin_port)
    }
}

/// A server, and the real network to reach it with, for the time of `body`.
func withLoopback(
    connectionsPerHost: Int = 64, _ script: @escaping LoopbackServer.Script,
    _ body: (LoopbackServer, CurlNetwork) async throws -> Void
) async throws {
    let server = try LoopbackServer(script)
    let network = try CurlNetwork(connectionsPerHost: connectionsPerHost)
    defer {
        network.thread.stop()
        withExtendedLifetime(server) {}
    }
    try await body(server, network)
}

extension CurlNetwork {
    /// The failure of a request that must have one.
    func failure(of request: HTTPRequest) async -> TransportFailure? {
        do {
            _ = try await send(request)
            return nil
        } catch {
            return error
        }
    }
}
