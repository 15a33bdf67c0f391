// Between FlyingFox's requests and responses and ours, and what FlyingFox needs to be prompt.

import FlyingFox
import FlyingSocks
import FoundationEssentials
import Glibc

struct HTTPAdapter: HTTPHandler {
    let api: API

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        let method = request.method.rawValue
        let path = request.target.path()
        let authorization = request.headers[.authorization]
        let limit = RequestBody.limit(
            method: method, path: path, file: api.services.files.limit, isKnown: API.hasToken(authorization))
        let body = await Self.read(request.bodySequence, upTo: limit)
        let answer = await api.answer(
            APIRequest(
                method: method, path: path, query: request.target.query(),
                authorization: authorization, host: request.headers[.host],
                prefer: request.headers[HTTPHeader("Prefer")], cancelAfter: request.headers[HTTPHeader("Cancel-After")],
                dropStreamAfter: request.headers[HTTPHeader("X-Sandbox-Drop-Stream-After")],
                lastEventID: request.headers[HTTPHeader("Last-Event-ID")],
                range: request.headers[HTTPHeader("Range")], ifRange: request.headers[HTTPHeader("If-Range")],
                ifNoneMatch: request.headers[HTTPHeader("If-None-Match")],
                contentType: request.headers[.contentType], body: body))
        var headers = HTTPHeaders()
        for (name, value) in answer.headers { headers[HTTPHeader(name)] = value }
        if method == "HEAD" {
            // As long as what GET would send, and nothing of it.
            headers[.contentLength] = "\(answer.file?.range.count ?? answer.body.count)"
            return HTTPResponse(statusCode: Self.status(answer.status), headers: headers)
        }
        let content =
            if let events = answer.events {
                // FlyingFox sends each buffer as a chunk of its own, asks for the next one when the socket has taken it,
                // and gives a body as long as it takes: its timeout is for the handler alone.
                HTTPBodySequence(from: events, suggestedBufferSize: EventFeed.batchBytes)
            } else if let file = answer.file {
                HTTPBodySequence(from: file, count: file.range.count, suggestedBufferSize: FileFeed.pieceBytes)
            } else {
                // One chunk: each is a system call.
                HTTPBodySequence(data: Data(answer.body), suggestedBufferSize: max(answer.body.count, 1))
            }
        return HTTPResponse(statusCode: Self.status(answer.status), headers: headers, body: content)
    }

    /// To its end even when it is too long: the next request of the connection starts behind it.
    private static func read(_ body: HTTPBodySequence, upTo limit: Int) async -> RequestBody {
        var bytes: [UInt8] = []
        var isTooLarge = body.count.map { $0 > limit } ?? false
        if let count = body.count, !isTooLarge { bytes.reserveCapacity(count) }
        do {
            for try await chunk in body where !isTooLarge {
                if bytes.count + chunk.count > limit {
                    isTooLarge = true
                    bytes = []
                } else {
                    bytes += chunk
                }
            }
        } catch {
            return .broken
        }
        return isTooLarge ? .tooLarge : .bytes(bytes)
    }

    private static func status(_ code: Int) -> HTTPStatusCode {
        switch code {
        case 200: .ok
        case 201: .created
        case 202: .accepted
        case 204: .noContent
        case 206: HTTPStatusCode(206, phrase: "Partial Content")
        case 304: .notModified
        case 400: .badRequest
        case 401: .unauthorized
        case 403: .forbidden
        case 404: .notFound
        case 405: .methodNotAllowed
        case 409: .conflict
        case 413: .payloadTooLarge
        case 416: HTTPStatusCode(416, phrase: "Range Not Satisfiable")
        case 422: HTTPStatusCode(422, phrase: "Unprocessable Content")
        case 429: .tooManyRequests
        default: HTTPStatusCode(code, phrase: "Status")
        }
    }
}

/// FlyingFox writes a response's head and body apart, and without TCP_NODELAY the second would wait for the client's
/// delayed acknowledgement. Accepted connections inherit the option from the listening socket.
struct PromptSocketPool<Pool: AsyncSocketPool>: AsyncSocketPool {
    let pool: Pool

    func prepare() async throws { try await pool.prepare() }
    func run() async throws { try await pool.run() }

    func suspendSocket(_ socket: Socket, untilReadyFor events: Socket.Events) async throws {
        if events == .connection {
            var on: Int32 = 1
            _ = setsockopt(
                socket.file.rawValue, Int32(IPPROTO_TCP), TCP_NODELAY, &on, socklen_t(MemoryLayout<Int32>.size))
        }
        try await pool.suspendSocket(socket, untilReadyFor: events)
    }
}
