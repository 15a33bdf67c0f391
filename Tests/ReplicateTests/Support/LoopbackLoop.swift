// The thread of a LoopbackServer: one poll over all connections, and just enough HTTP to know where a request ends. It never
// waits for a client: what one does not take stays in a queue.

import Glibc

final class LoopbackLoop {
    private struct Connection {
        let socket: Int32
        var received: [UInt8] = []
        var outgoing: ArraySlice<UInt8> = []
        var endsWhenSent = false
    }

    /// What the server wants to hear of.
    struct Reports {
        var closed: (Int) -> Void
        var sent: (Int) -> Void
    }

    private let listener: Int32
    private let stop: Int32
    private let reports: Reports
    private let script: LoopbackServer.Script
    private var connections: [Int: Connection] = [:]
    private var lastConnection = 0

    init(listener: Int32, stop: Int32, reports: Reports, script: @escaping LoopbackServer.Script) {
        (self.listener, self.stop, self.reports, self.script) = (listener, stop, reports, script)
    }

    func run() {
        while true {
            let order = connections.sorted { $0.key < $1.key }
            var polled = [stop, listener].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            for (_, connection) in order {
                let events = connection.outgoing.isEmpty ? POLLIN : POLLIN | POLLOUT
                polled.append(pollfd(fd: connection.socket, events: Int16(events), revents: 0))
            }
            guard poll(&polled, nfds_t(polled.count), -1) > 0 else { continue }
            if polled[0].revents != 0 { break }
            for ((number, _), entry) in zip(order, polled.dropFirst(2)) where entry.revents != 0 {
                if Int32(entry.revents) & POLLOUT != 0 { flush(number) }
                if Int32(entry.revents) & ~POLLOUT != 0 { read(number) }
            }
            if polled[1].revents != 0 { accept() }
        }
        for connection in connections.values { close(connection.socket) }
        close(listener)
        close(stop)
    }

    private func accept() {
        let socket = Glibc.accept(listener, nil, nil)
        guard socket >= 0, fcntl(socket, F_SETFL, O_NONBLOCK) == 0 else { return }
        lastConnection += 1
        connections[lastConnection] = Connection(socket: socket)
    }

    private func read(_ number: Int) {
        guard let socket = connections[number]?.socket else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        if count < 0, errno == EAGAIN { return }
        guard count > 0 else { return lose(number) }
        connections[number]?.received.append(contentsOf: buffer[..<count])
        while let request = nextRequest(number) {
            for action in script(request) { perform(action) }
        }
    }

    private func nextRequest(_ number: Int) -> LoopbackServer.Request? {
        guard let bytes = connections[number]?.received, let headEnd = Self.endOfHead(bytes) else { return nil }
        let head = String(decoding: bytes[..<headEnd], as: UTF8.self)
        let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        let bodyCount = length.flatMap { Int($0.dropFirst("content-length:".count).filter { $0 != " " }) } ?? 0
        guard bytes.count >= headEnd + bodyCount else { return nil }
        connections[number]?.received = Array(bytes[(headEnd + bodyCount)...])
        return LoopbackServer.Request(connection: number, head: head, body: Array(bytes[headEnd..<(headEnd + bodyCount)]))
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        return bytes.indices.first { bytes[$0...].starts(with: mark) }.map { $0 + mark.count }
    }

    private func perform(_ action: LoopbackServer.Action) {
        switch action {
        case .send(let bytes, let number):
            connections[number]?.outgoing += bytes
            flush(number)
        case .close(let number):
            if connections[number]?.outgoing.isEmpty == true { end(number) } else { connections[number]?.endsWhenSent = true }
        }
    }

    /// As much as the client takes now.
    private func flush(_ number: Int) {
        while let connection = connections[number], !connection.outgoing.isEmpty {
            let count = connection.outgoing.withUnsafeBytes {
                send(connection.socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            if count < 0, errno == EAGAIN { return }
            guard count > 0 else { return lose(number) }
            reports.sent(count)
            connections[number]?.outgoing.removeFirst(count)
        }
        if connections[number]?.endsWhenSent == true { end(number) }
    }

    private func lose(_ number: Int) {
        end(number)
        reports.closed(number)
    }

    private func end(_ number: Int) {
        if let connection = connections.removeValue(forKey: number) { close(connection.socket) }
    }
}
