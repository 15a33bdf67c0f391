// One request on its way: the body libcurl reads from, the answer it writes to, and what became of it.

import CCurl

final class Transfer {
    let id: UInt64
    let handle: EasyHandle
    /// Of an answer that is collected, or read while it comes.
    enum Taker {
        case whole(CheckedContinuation<Result<HTTPResponse, TransportFailure>, Never>)
        case stream(BodyStream)

        /// Of a request that never became a transfer.
        func fail(_ failure: TransportFailure) {
            switch self {
            case .whole(let continuation): continuation.resume(returning: .failure(failure))
            case .stream(let stream): stream.ended(.failure(failure), HTTPResponse(status: 0, headers: [], body: []))
            }
        }
    }

    let taker: Taker
    private let request: HTTPRequest
    private let http1Hosts: HTTP1Hosts
    private let started = ContinuousClock.now
    private var lastByte = ContinuousClock.now
    /// The request's body at an address that stays.
    private let sent: UnsafeMutableRawBufferPointer?
    private var form: Form?
    private var uploaded: Int64 = 0
    private var starts = 0
    private var answer: AnswerHead
    private var body: [UInt8] = []
    private var isInHandshake = false
    private var answered = false
    /// Set when a callback stopped the transfer; libcurl itself then only says "write error".
    private var refusal: AnswerHead.Refusal?
    /// The transfer was stopped because nobody reads the rest.
    private var hasEnough = false
    private let isHTTP1: Bool
    /// Where it is known to be on a connection of HTTP/1 under TLS.
    private var connection: HTTP1Hosts.Connection?
    /// It came upon a connection that is another's, and was stopped before a byte of it went there.
    private(set) var isMisplaced = false

    /// What it says of its connection is not so, and libcurl has believed it.
    var claimsFrames: Bool { answer.claimsFrames }

    /// It holds a place in the line of those under way.
    let isCounted: Bool

    init(_ waiting: Waiting, handle: EasyHandle, http1Hosts: HTTP1Hosts, isCounted: Bool) {
        let request = waiting.requestNow
        id = waiting.id
        taker = waiting.taker
        self.request = request
        self.handle = handle
        self.http1Hosts = http1Hosts
        self.isCounted = isCounted
        isHTTP1 = request.isPlain || http1Hosts.contains(request.url)
        answer = AnswerHead(.init(bytes: request.limits.headerBytes, takesGzip: request.takesGzip))
        sent = request.body.map { body in
            let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: body.count, alignment: 1)
            copy.copyBytes(from: body)
            return copy
        }
    }

    deinit { sent?.deallocate() }

    /// Valid while the transfer is in the multi handle, whose owner keeps it alive.
    static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
        var pointer: UnsafeMutableRawPointer?
        guard ccurl_get_pointer(easy, ccurl_info_private, &pointer) == CURLE_OK, let pointer else { return nil }
        return Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
    }

    /// Hands everything to libcurl; nil when it is ready to go.
    func prepare() -> TransportFailure? {
        do throws(TransportFailure) {
            form = request.form.isEmpty ? nil : try Form(request.form, of: handle.easy)
        } catch {
            return error
        }
        let context = Unmanaged.passUnretained(self).toOpaque()
        let body = sent.map { UnsafeRawBufferPointer($0) }
        let ready = handle.prepare(request, isHTTP1: isHTTP1, body: body, form: form, context: context)
        return ready ? nil : TransportFailure(setup: "libcurl could not take the request's options")
    }

    // MARK: libcurl's callbacks, on the network thread

    /// On a kept connection that dies under a request libcurl opens another and sends it again by itself. What may make
    /// something is sent once.
    static let beforeRequest: curl_prereq_callback = { context, address, ownAddress, _, ownPort in
        guard let context else { return CURL_PREREQFUNC_ABORT }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        // A connection that is used again was opened for somebody else.
        if transfer.request.isPublicOnly, address.map({ PrivateAddress.isOne(String(cString: $0)) }) ?? true {
            transfer.refusal = .private
            return CURL_PREREQFUNC_ABORT
        }
        if transfer.starts == 0, transfer.isTooLate {
            transfer.refusal = .late
            return CURL_PREREQFUNC_ABORT
        }
        transfer.starts += 1
        // Before all that has it asked once more.
        guard transfer.starts == 1 || !transfer.request.makesSomething else { return CURL_PREREQFUNC_ABORT }
        let hasPlace = transfer.hasPlace(ownAddress.map { String(cString: $0) } ?? "", ownPort)
        return hasPlace ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
    }

    /// Who asks for it would not hear what it has made: connecting, or its place behind others, took its time.
    private var isTooLate: Bool {
        guard let total = request.limits.total else { return false }
        return request.isTooLate(started + total - .now)
    }

    /// Learns that a host speaks HTTP/1, for those to come; false if this one was made ready before that was known, and libcurl
    /// has put it on a connection where another waits.
    private func hasPlace(_ address: String, _ port: Int32) -> Bool {
        guard !request.isPlain, handle.agreedOnHTTP2 == false else { return true }
        http1Hosts.add(request.url)
        leaveConnection()
        let connection = HTTP1Hosts.Connection(address: address, port: port)
        if http1Hosts.take(connection, for: id) { self.connection = connection } else { isMisplaced = !isHTTP1 }
        return !isMisplaced
    }

    private func leaveConnection() {
        if let connection { http1Hosts.leave(connection, id) }
        connection = nil
    }

    /// The same once more, in the time that is left to it.
    func again() -> Waiting {
        var request = request
        if let total = request.limits.total { request.limits.leave(started + total - .now) }
        return Waiting(id: id, request: request, taker: taker)
    }

    /// libcurl's own times do not tell a handshake from the connecting before it.
    static let beginTLS: curl_ssl_ctx_callback = { _, _, context in
        guard let context else { return CURLE_OK }
        Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue().isInHandshake = true
        return CURLE_OK
    }

    /// Set for requests to public addresses alone.
    static let openSocket: curl_opensocket_callback = { context, _, address in
        guard let context, let address else { return CURL_SOCKET_BAD }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let isPrivate = withUnsafePointer(to: &address.pointee.addr) {
            PrivateAddress.isOne($0, length: Int(address.pointee.addrlen))
        }
        if isPrivate {
            transfer.refusal = .private
            return CURL_SOCKET_BAD
        }
        return socket(address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue), address.pointee.protocol)
    }

    static let receiveHeader: curl_write_callback = { buffer, size, count, context in
        guard let buffer, let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let line = UnsafeRawBufferPointer(start: buffer, count: size * count)
        return transfer.take(header: line) ? size * count : 0
    }

    static let receiveBody: curl_write_callback = { buffer, size, count, context in
        guard let buffer, let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return transfer.take(body: UnsafeRawBufferPointer(start: buffer, count: size * count))
    }

    private func take(body bytes: UnsafeRawBufferPointer) -> Int {
        lastByte = .now
        switch taker {
        case .stream(let stream):
            stream.opened(head())
            return stream.take(bytes) ? bytes.count : Int(CURL_WRITEFUNC_PAUSE)
        case .whole: return collect(bytes)
        }
    }

    private func collect(_ bytes: UnsafeRawBufferPointer) -> Int {
        let limits = request.limits
        // Of what is an error, its beginning says why.
        if answer.status >= 400, body.count + bytes.count > limits.errorBytes {
            body.append(contentsOf: bytes.prefix(limits.errorBytes - body.count))
            hasEnough = true
            return 0
        }
        guard answer.status >= 400 || body.count + bytes.count <= limits.responseBytes else {
            refusal = .tooLarge("a body of more than \(limits.responseBytes) bytes")
            return 0
        }
        body.append(contentsOf: bytes)
        return bytes.count
    }

    private func head() -> HTTPResponse {
        HTTPResponse(status: handle.long(ccurl_info_response_code), headerBlock: answer.headers, body: body)
    }

    private func take(header line: UnsafeRawBufferPointer) -> Bool {
        answered = true
        lastByte = .now
        do throws(AnswerHead.Refusal) {
            try answer.take(line, isFramed: { request.isPlain ? false : handle.agreedOnHTTP2 })
        } catch {
            if answer.claimsFrames { http1Hosts.add(request.url) }
            refusal = error
            return false
        }
        // Of an interim answer there is another to come.
        if case .stream(let stream) = taker, answer.isComplete, answer.status >= 200 { stream.opened(head()) }
        return true
    }

    // MARK: The end

    func result(_ code: CURLcode) -> Result<HTTPResponse, TransportFailure> {
        if hasEnough { return .success(head()) }
        // Of an answer that is cut in its head libcurl says that it was well.
        if code == CURLE_OK, !answer.isComplete { return .failure(failure(.receive, "the answer ends in its head")) }
        // libcurl takes a connection that is cut under TLS for one that was ended.
        if code == CURLE_OK, request.needsEnd, !answer.showsEnd, !request.isPlain,
            (200..<300).contains(answer.status), answer.status != 204
        {
            return .failure(failure(.truncated, "the server does not say where it ends"))
        }
        return code == CURLE_OK ? .success(head()) : .failure(failure(code))
    }

    /// libcurl has let it go.
    func removed() { leaveConnection() }

    func end(_ result: Result<HTTPResponse, TransportFailure>) {
        switch taker {
        case .whole(let continuation): continuation.resume(returning: result)
        case .stream(let stream): stream.ended(result.map { _ in }, head())
        }
    }

    /// Lets a paused transfer go on if its reader has room again.
    func takeMore() {
        guard case .stream(let stream) = taker, stream.takesMore() else { return }
        lastByte = .now
        curl_easy_pause(handle.easy, CURLPAUSE_CONT)
    }

    /// The server takes many requests on one connection.
    var isMultiplexed: Bool { handle.long(ccurl_info_http_version) >= Int(CURL_HTTP_VERSION_2_0) }

    var outlivesCancel: Bool { request.outlivesCancel && isTouched }

    func canceled() -> TransportFailure { failure(.canceled, "canceled") }

    /// When the transfer has been silent for too long. Until it is connected, that is the connect timeout's business.
    var idleDeadline: ContinuousClock.Instant {
        let connecting = handle.offset(ccurl_info_pretransfer_time) == 0
        let now = handle.offset(ccurl_info_uploaded)
        if now != uploaded {
            uploaded = now
            lastByte = .now
        }
        // Nor is it silence when the reader has no room.
        if case .stream(let stream) = taker, stream.isPaused { return .now + request.limits.idle }
        return (connecting ? .now : lastByte) + request.limits.idle
    }

    /// As long as its reader likes.
    var mayLast: Bool {
        if case .stream = taker { !isCounted } else { false }
    }

    /// When to look whether it is over.
    var nextLook: ContinuousClock.Instant { lateAt.map { min($0, idleDeadline) } ?? idleDeadline }

    /// Its time is over, and libcurl has not said so.
    var isLate: Bool { lateAt.map { $0 <= .now } ?? false }

    private var lateAt: ContinuousClock.Instant? { request.limits.total.map { started + $0 + .milliseconds(20) } }

    func late() -> TransportFailure { failure(.timeout(.total), "late") }

    func idle() -> TransportFailure { failure(.timeout(.idle), "idle") }

    /// The count is of a proxy's part of the talk, too; that is over when the request starts.
    private var isTouched: Bool { starts > 1 || (starts == 1 && handle.long(ccurl_info_request_size) > 0) }

    private func failure(_ code: CURLcode) -> TransportFailure {
        if let refusal { return failure(refusal.reason, refusal.message) }
        let text = handle.problem ?? String(cString: curl_easy_strerror(code))
        return failure(form?.problem.map { .content($0) } ?? reason(code, text), text)
    }

    private func failure(_ reason: TransportFailure.Reason, _ message: String) -> TransportFailure {
        TransportFailure(reason: reason, phase: phase, requestTouched: isTouched, message: message, beginning: beginning)
    }

    private var phase: TransportFailure.Phase {
        if answered { return .receiving }
        guard isTouched else {
            if handle.offset(ccurl_info_name_time) == 0 { return .resolving }
            return isInHandshake && handle.offset(ccurl_info_tls_time) == 0 ? .securing : .connecting
        }
        return handle.offset(ccurl_info_uploaded) < handle.offset(ccurl_info_upload_length) ? .sending : .waiting
    }

    /// Of an answer that never became one.
    private var beginning: TransportFailure.Beginning? {
        guard answer.isComplete, answer.status >= 200 else { return nil }
        let id = request.makesSomething ? CutJSON.id(in: body) : nil
        return TransportFailure.Beginning(status: answer.status, location: answer.headers["location"], id: id)
    }

    private func reason(_ code: CURLcode, _ text: String) -> TransportFailure.Reason {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .name
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED, CURLE_SSL_INVALIDCERTSTATUS:
            .tls
        case CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND, CURLE_READ_ERROR, CURLE_ABORTED_BY_CALLBACK: .send
        case CURLE_OPERATION_TIMEDOUT: .timeout(expiredLimit())
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2, CURLE_HTTP2_STREAM,
            CURLE_BAD_CONTENT_ENCODING:
            .malformed
        case CURLE_PARTIAL_FILE: .truncated
        case CURLE_RECV_ERROR where text.contains("large response headers"): .tooLarge("headers of more than 300 kB")
        // libcurl has no code of its own for chunks that are none.
        case CURLE_RECV_ERROR where text.contains("chunk"): .malformed
        // What libcurl calls a header line beyond its own limit of 100 KB.
        case CURLE_OUT_OF_MEMORY where handle.long(ccurl_info_request_size) > 0: .tooLarge("a header line of more than 100 kB")
        // What it calls chunks and trailers that are none, and what is in gzip in part.
        case CURLE_BAD_FUNCTION_ARGUMENT where answered, CURLE_WRITE_ERROR where answer.isCoded: .malformed
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT: .setup
        default: .receive
        }
    }

    private func expiredLimit() -> TransportFailure.Limit {
        if let total = request.limits.total, ContinuousClock.now - started >= total - .milliseconds(5) { return .total }
        return .connect
    }
}
