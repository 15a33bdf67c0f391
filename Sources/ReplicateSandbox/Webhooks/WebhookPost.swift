// One POST of a webhook and its answer's status: HTTP/1.1 as far as that needs it. Redirects are not followed.

import FlyingSocks
import FoundationEssentials
import Glibc

struct WebhookPost: Sendable {
    struct Failure: Error { let reason: String }

    let address: WebhookAddress
    let headers: [(name: String, value: String)]
    let body: [UInt8]

    private static let longestHead = 65536

    func send(within seconds: Double) async throws -> Int {
        try await withThrowingTaskGroup(of: Int.self) { group in
            group.addTask { try await exchange() }
            group.addTask {
                try await Task.sleep(for: .seconds(seconds))
                throw Failure(reason: "no answer within \(seconds) seconds")
            }
            defer { group.cancelAll() }
            return try await group.next() ?? 0
        }
    }

    private func exchange() async throws -> Int {
        let connection = try await connect()
        defer { try? connection.close() }
        let lines =
            [
                "POST \(address.target) HTTP/1.1", "Host: \(address.authority)", "Connection: close",
                "User-Agent: replicate-sandbox/\(Sandbox.version)", "Content-Type: application/json",
                "Content-Length: \(body.count)",
            ] + headers.map { "\($0.name): \($0.value)" }
        try await connection.write(Data((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + body)
        var status: Int
        var unread: [UInt8] = []
        repeat { status = try await Self.readHead(connection, &unread) } while (100..<200).contains(status)
        return status
    }

    private func connect() async throws -> AsyncSocket {
        var reason = "no connection"
        for host in address.hosts {
            let isSix = host.contains(":")
            let socket = try Socket(domain: isSix ? AF_INET6 : AF_INET, type: .stream)
            do {
                let connection = try AsyncSocket(socket: socket, pool: NapPool())
                if isSix {
                    try await connection.connect(to: .inet6(ip6: host, port: address.port))
                } else {
                    try await connection.connect(to: .inet(ip4: host, port: address.port))
                }
                return connection
            } catch {
                try? socket.close()
                reason = "\(error)"
            }
        }
        throw Failure(reason: reason)
    }

    /// - Parameter unread: what has come and belongs to no head yet.
    private static func readHead(_ connection: AsyncSocket, _ unread: inout [UInt8]) async throws -> Int {
        let gap = Array("\r\n\r\n".utf8)
        while true {
            let end = unread.indices.first { unread[$0...].starts(with: gap) }
            if let end {
                let line = String(decoding: unread[..<end], as: UTF8.self).split(whereSeparator: \.isNewline).first ?? ""
                unread.removeFirst(end + gap.count)
                let words = line.split(separator: " ")
                guard words.count >= 2, words[0].hasPrefix("HTTP/1."), let status = Int(words[1]), status >= 100 else {
                    throw Failure(reason: "the answer is not HTTP/1.1")
                }
                return status
            }
            guard unread.count < longestHead else { throw Failure(reason: "the answer's head is too long") }
            unread += try await connection.read(atMost: 4096)
        }
    }
}

/// Waits by looking again shortly afterwards. The few sockets of webhooks need no more, and nothing has to run beside them.
private struct NapPool: AsyncSocketPool {
    func prepare() async throws {}
    func run() async throws {}

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        try await Task.sleep(for: .milliseconds(3))
    }
}
