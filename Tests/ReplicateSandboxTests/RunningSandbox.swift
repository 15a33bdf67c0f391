// A sandbox with a network: the server as it is, on a loopback port of its own, and connections to it byte by byte.

import FlyingFox
import FlyingSocks
import FoundationEssentials
import Replicate
import Synchronization
import Testing

@testable import ReplicateSandbox

struct RunningSandbox: Sendable {
    private final class End: Sendable {
        let isDue = Atomic(false)
    }

    let services: Services
    let port: UInt16
    let pool: SocketPool<ePoll>

    static func run(
        speed: Double = 1, keepAliveSeconds: Double = 15, _ test: (RunningSandbox) async throws -> Void
    ) async throws {
        let services = try await Services(speed: speed, keepAliveSeconds: keepAliveSeconds)
        let end = End()
        let (urls, url) = AsyncStream.makeStream(of: String.self)
        let pool = SocketPool<ePoll>.ePoll()
        try await pool.prepare()
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try? await pool.run() }
            group.addTask {
                defer { url.finish() }
                var options = CommandLineOptions()
                options.speed = speed
                let server = SandboxServer(options: options)
                try await server.run(services, until: { end.isDue.load(ordering: .relaxed) }, onListening: { url.yield($0) })
            }
            defer {
                end.isDue.store(true, ordering: .relaxed)
                group.cancelAll()
            }
            var known: String?
            for await url in urls {
                known = url
                break
            }
            let port = try #require(known?.split(separator: ":").last?.split(separator: "/").first.flatMap { UInt16($0) })
            try await test(RunningSandbox(services: services, port: port, pool: pool))
        }
    }

    func connect() async throws -> Connection {
        Connection(socket: try await AsyncSocket.connected(to: .inet(ip4: "127.0.0.1", port: port), pool: pool))
    }

    /// The answer's JSON.
    func call(_ method: String, _ path: String, _ body: String = "", headers: [String] = []) async throws -> JSON {
        var connection = try await connect()
        defer { connection.close() }
        let length = "Content-Length: \(body.utf8.count)"
        try await connection.send(method, path, headers + ["Authorization: Bearer t", length], body)
        let head = try await connection.readHead()
        let count = try #require(head.headers["content-length"].flatMap { Int($0) })
        return try JSON(validating: try await connection.read(count))
    }

    /// Creates a prediction; gives the paths to it and to its stream.
    func create(_ model: String, _ input: String, headers: [String] = [], streams: Bool = true) async throws
        -> (get: String, stream: String)
    {
        let prediction = try await call("POST", "/v1/models/\(model)/predictions", #"{"input":\#(input)}"#, headers: headers)
        func path(_ pointer: String) throws -> String {
            let url = try #require(prediction[pointer: pointer]?.string, "\(prediction.bytes.count) bytes")
            return String(url.dropFirst("http://127.0.0.1:\(port)".utf8.count))
        }
        return (try path("/urls/get"), streams ? try path("/urls/stream") : "")
    }

    func open(_ path: String, after id: String? = nil) async throws -> StreamConnection {
        var connection = try await connect()
        try await connection.send("GET", path, id.map { ["Last-Event-ID: \($0)"] } ?? [])
        return StreamConnection(head: try await connection.readHead(), connection: connection)
    }
}

struct Connection {
    /// The other side closed where more should have come.
    struct Cut: Error {}

    let socket: AsyncSocket
    private var unread: ArraySlice<UInt8> = []

    init(socket: AsyncSocket) { self.socket = socket }

    func close() { try? socket.close() }

    func send(_ method: String, _ path: String, _ headers: [String] = [], _ body: String = "") async throws {
        let lines = ["\(method) \(path) HTTP/1.1", "Host: \((try? socket.socket.remotePeer()).map(Self.text) ?? "")"]
        try await socket.write(Data(((lines + headers).joined(separator: "\r\n") + "\r\n\r\n" + body).utf8))
    }

    private static func text(_ address: Socket.Address) -> String {
        if case .ip4(let host, let port) = address { "\(host):\(port)" } else { "" }
    }

    mutating func read(_ count: Int) async throws -> [UInt8] {
        while unread.count < count { try await fill() }
        defer { unread = unread.dropFirst(count) }
        return Array(unread.prefix(count))
    }

    /// Without its line end.
    mutating func readLine() async throws -> String {
        while true {
            if let end = unread.firstIndex(of: UInt8(ascii: "\n")) {
                defer { unread = unread[(end + 1)...] }
                return trimmed(Substring(decoding: unread[..<end], as: UTF8.self))
            }
            try await fill()
        }
    }

    mutating func readHead() async throws -> (status: Int, headers: [String: String]) {
        let status = try await readLine().split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
        var headers: [String: String] = [:]
        while case let line = try await readLine(), !line.isEmpty {
            let sides = line.split(separator: ":", maxSplits: 1)
            headers[trimmed(sides.first ?? "").lowercased()] = trimmed(sides.last ?? "")
        }
        return (status, headers)
    }

    /// Nil for the last one.
    mutating func readChunk() async throws -> [UInt8]? {
        let size = try #require(Int(try await readLine(), radix: 16))
        let chunk = try await read(size)
        _ = try await readLine()
        return size == 0 ? nil : chunk
    }

    private mutating func fill() async throws {
        do {
            unread += try await socket.read(atMost: 4096)
        } catch SocketError.disconnected {
            throw Cut()
        }
    }
}
