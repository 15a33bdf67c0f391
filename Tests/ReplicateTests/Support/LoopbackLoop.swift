// The thread of a LoopbackServer: one poll over all connections, and just enough HTTP to know where a request ends.

import Glibc

final class LoopbackLoop {
    private let listener: Int32
    private let stop: Int32
    private let closed: (Int) -> Void
    private let script: LoopbackServer.Script
    private var sockets: [Int: Int32] = [:]
    private var received: [Int: [UInt8]] = [:]
    private var lastConnection = 0

    init(listener: Int32, stop: Int32, closed: @escaping (Int) -> Void, script: @escaping LoopbackServer.Script) {
        (self.listener, self.stop, self.closed, self.script) = (listener, stop, closed, script)
    }

    func run() {
        while true {
            let connections = sockets.keys.sorted()
            let descriptors = [stop, listener] + connections.compactMap { sockets[$0] }
            var polled = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&polled, nfds_t(polled.count), -1) > 0 else { continue }
            if polled[0].revents != 0 { break }
            for (connection, entry) in zip(connections, polled.dropFirst(2)) where entry.revents != 0 {
                read(connection)
            }
            if polled[1].revents != 0 { accept() }
        }
        for socket in sockets.values { close(socket) }
        close(listener)
        close(stop)
    }

    private func accept() {
        let socket = Glibc.accept(listener, nil, nil)
        guard socket >= 0 else { return }
        // A client that reads nothing must not hold the thread, and so the end of the test, for ever.
        var patience = timeval(tv_sec: 5, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_SNDTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
        lastConnection += 1
        sockets[lastConnection] = socket
        received[lastConnection] = []
    }

    private func read(_ connection: Int) {
        guard let socket = sockets[connection] else { return }
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        guard count > 0 else {
            end(connection)
            closed(connection)
            return
        }
        received[connection]?.append(contentsOf: buffer[..<count])
        while let request = nextRequest(connection) {
            for action in script(request) { perform(action) }
        }
    }

    private func nextRequest(_ connection: Int) -> LoopbackServer.Request? {
        guard let bytes = received[connection], let headEnd = Self.endOfHead(bytes) else { return nil }
        let head = String(decoding: bytes[..<headEnd], as: UTF8.self)
        let length = head.split(separator: "\r\n").first { $0.lowercased().hasPrefix("content-length:") }
        let bodyCount = length.flatMap { Int($0.dropFirst("content-length:".count).filter { $0 != " " }) } ?? 0
        guard bytes.count >= headEnd + bodyCount else { return nil }
        received[connection] = Array(bytes[(headEnd + bodyCount)...])
        return LoopbackServer.Request(
            connection: connection, head: head, body: Array(bytes[headEnd..<(headEnd + bodyCount)]))
    }

    private static func endOfHead(_ bytes: [UInt8]) -> Int? {
        let mark = Array("\r\n\r\n".utf8)
        return bytes.indices.first { bytes[$0...].starts(with: mark) }.map { $0 + mark.count }
    }

    private func perform(_ action: LoopbackServer.Action) {
        switch action {
        case .send(let bytes, let connection):
            guard let socket = sockets[connection] else { return }
            var sent = 0
            while sent < bytes.count {
                let count = bytes[sent...].withUnsafeBytes {
                    Glibc.send(socket, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                }
                if count <= 0 { return }
                sent += count
            }
        case .close(let connection): end(connection)
        }
    }

    private func end(_ connection: Int) {
        received[connection] = nil
        if let socket = sockets.removeValue(forKey: connection) { close(socket) }
    }
}
