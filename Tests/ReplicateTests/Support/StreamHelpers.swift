// What tests do with answers that are read while they come.

import Testing

@testable import Replicate

extension CurlNetwork {
    /// All that comes until the end.
    func readAll(_ stream: HTTPStream) async throws(TransportFailure) -> [UInt8] {
        var bytes: [UInt8] = []
        while let more = try await read(stream) { bytes += more }
        return bytes
    }

    /// Opens, reads to the end, closes.
    func fetched(_ url: String, _ limits: HTTPRequest.Limits = .init()) async throws(TransportFailure) -> (HTTPResponse, [UInt8])
    {
        var request = HTTPRequest(method: .get, url: url)
        request.limits = limits
        let stream = try await open(request)
        let result: Result<[UInt8], TransportFailure>
        do throws(TransportFailure) { result = .success(try await readAll(stream)) } catch { result = .failure(error) }
        close(stream)
        return (stream.response, try result.get())
    }

    /// Waits until the reader's place is full, or nothing can come any more. Each look is a turn of the network's loop.
    func becomesPaused(_ stream: HTTPStream) async {
        while let body = streams[stream.id], !body.isPaused, !body.hasEnded { await Task.yield() }
    }

    /// Waits until somebody waits for bytes.
    func hasReader(_ stream: HTTPStream) async {
        while let body = streams[stream.id], !body.hasReader, !body.hasEnded { await Task.yield() }
    }

    var openStreams: Int { streams.count }
    var transfersUnderWay: Int { transfers.count }
    var requestsWaiting: Int { line.count }
}

/// The failure of what must have one.
func failure<Value>(of body: () async throws -> Value) async -> TransportFailure? {
    do {
        _ = try await body()
        return nil
    } catch {
        return error as? TransportFailure
    }
}

extension TransportFailure {
    static let broken = TransportFailure(reason: .receive, phase: .receiving, requestTouched: true, message: "scripted")
}

extension LoopbackServer {
    /// A 200 with a length, and then whatever is given, which may be less or more.
    static func head(length: Int, _ start: String = "") -> [UInt8] {
        Array("HTTP/1.1 200 OK\r\nContent-Length: \(length)\r\n\r\n\(start)".utf8)
    }
}

extension SeededGenerator {
    mutating func bytes(_ count: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count { withUnsafeBytes(of: next()) { bytes.append(contentsOf: $0) } }
        bytes.removeLast(bytes.count - count)
        return bytes
    }
}
