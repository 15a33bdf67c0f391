// One request on its way: the body libcurl reads from, the answer it writes to, and what became of it.

import CCurl

final class Transfer {
    let id: UInt64
    let handle: EasyHandle
    let continuation: CheckedContinuation<Result<HTTPResponse, TransportFailure>, Never>
    private let request: HTTPRequest
    private let started = ContinuousClock.now
    private var lastByte = ContinuousClock.now
    private var bodySent = 0
    private var headers: [(name: String, value: String)] = []
    private var headerBytes = 0
    private var body: [UInt8] = []
    private var answered = false
    /// Set when a callback stopped the transfer; libcurl itself then only says "write error".
    private var refusal: TransportFailure.Reason?

    init(
        id: UInt64, request: HTTPRequest, handle: EasyHandle,
        continuation: CheckedContinuation<Result<HTTPResponse, TransportFailure>, Never>
    ) {
        self.id = id
        self.request = request
        self.handle = handle
        self.continuation = continuation
    }

    /// Valid while the transfer is in the multi handle, whose owner keeps it alive.
    static func of(_ easy: UnsafeMutableRawPointer) -> Transfer? {
        var pointer: UnsafeMutableRawPointer?
        guard ccurl_get_pointer(easy, ccurl_info_private, &pointer) == CURLE_OK, let pointer else { return nil }
        return Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
    }

    // MARK: Setting up

    func prepare() -> TransportFailure? {
        let this = Unmanaged.passUnretained(self).toOpaque()
        let ready =
            handle.set(CURLOPT_PRIVATE, pointer: this)
            && handle.set(CURLOPT_URL, request.url)
            && handle.set(CURLOPT_PROTOCOLS_STR, "http,https")
            && handle.set(CURLOPT_NOSIGNAL, 1)
            && handle.set(CURLOPT_FOLLOWLOCATION, 0)
            // Without it, ending a name look-up in progress blocks until the resolver answers.
            && handle.set(CURLOPT_QUICK_EXIT, 1)
            && handle.set(headers: request.headers)
            && setTimeouts()
            && handle.set(CURLOPT_HEADERDATA, pointer: this)
            && handle.set(CURLOPT_HEADERFUNCTION, function: Self.receiveHeader)
            && handle.set(CURLOPT_WRITEDATA, pointer: this)
            && handle.set(CURLOPT_WRITEFUNCTION, function: Self.receiveBody)
            && setBody(this)
        return ready ? nil : TransportFailure(setup: "libcurl could not take the request's options")
    }

    private func setTimeouts() -> Bool {
        let limits = request.limits
        return handle.set(CURLOPT_CONNECTTIMEOUT_MS, max(1, limits.connect.milliseconds))
            && handle.set(CURLOPT_TIMEOUT_MS, limits.total.map { max(1, $0.milliseconds) } ?? 0)
    }

    private func setBody(_ this: UnsafeMutableRawPointer) -> Bool {
        switch request.method {
        case .get: return true
        case .post: guard handle.set(CURLOPT_POST, 1) else { return false }
        case .patch, .delete, .query:
            guard handle.set(CURLOPT_CUSTOMREQUEST, request.method.rawValue) else { return false }
            guard request.body != nil else { return true }
            guard handle.set(CURLOPT_POST, 1) else { return false }
        }
        // Through callbacks, because libcurl sends a body from memory a second time by itself when a kept connection
        // dies under it; it cannot where the seek callback refuses to go back.
        return ccurl_set_offset(handle.easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body?.count ?? 0)) == CURLE_OK
            && handle.set(CURLOPT_READDATA, pointer: this)
            && handle.set(CURLOPT_READFUNCTION, function: Self.provideBody)
            && handle.set(CURLOPT_SEEKDATA, pointer: this)
            && ccurl_set_seek_function(handle.easy, Self.rewindBody) == CURLE_OK
    }

    // MARK: libcurl's callbacks, on the network thread

    private static let provideBody: curl_write_callback = { buffer, size, count, context in
        guard let buffer, let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        guard let body = transfer.request.body else { return 0 }
        let length = min(size * count, body.count - transfer.bodySent)
        guard length > 0 else { return 0 }
        body.withUnsafeBytes { bytes in
            UnsafeMutableRawBufferPointer(start: buffer, count: length)
                .copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[transfer.bodySent..<(transfer.bodySent + length)]))
        }
        transfer.bodySent += length
        transfer.lastByte = .now
        return length
    }

    private static let rewindBody: curl_seek_callback = { context, offset, origin in
        guard let context else { return CURL_SEEKFUNC_FAIL }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        return transfer.bodySent == 0 && offset == 0 && origin == 0 ? CURL_SEEKFUNC_OK : CURL_SEEKFUNC_FAIL
    }

    private static let receiveHeader: curl_write_callback = { buffer, size, count, context in
        guard let buffer, let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        let line = UnsafeRawBufferPointer(start: buffer, count: size * count)
        return transfer.take(header: line) ? size * count : 0
    }

    private static let receiveBody: curl_write_callback = { buffer, size, count, context in
        guard let buffer, let context else { return 0 }
        let transfer = Unmanaged<Transfer>.fromOpaque(context).takeUnretainedValue()
        transfer.lastByte = .now
        guard transfer.body.count + size * count <= transfer.request.limits.responseBytes else {
            transfer.refusal = .tooLarge("a body of more than \(transfer.request.limits.responseBytes) bytes")
            return 0
        }
        transfer.body.append(contentsOf: UnsafeRawBufferPointer(start: buffer, count: size * count))
        return size * count
    }

    private func take(header line: UnsafeRawBufferPointer) -> Bool {
        answered = true
        lastByte = .now
        headerBytes += line.count
        guard headerBytes <= request.limits.headerBytes else {
            refusal = .tooLarge("headers of more than \(request.limits.headerBytes) bytes")
            return false
        }
        if line.starts(with: "HTTP/".utf8) {
            headers.removeAll(keepingCapacity: true)  // A new block, after a 1xx or a proxy's answer.
            return true
        }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return true }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        headers.append((name, String(decoding: line[(colon + 1)...].trimmingSpace(), as: UTF8.self)))
        return true
    }

    // MARK: The end

    func result(_ code: CURLcode) -> Result<HTTPResponse, TransportFailure> {
        guard code == CURLE_OK else { return .failure(failure(code)) }
        return .success(HTTPResponse(status: handle.long(ccurl_info_response_code), headers: headers, body: body))
    }

    func canceled() -> TransportFailure { failure(.canceled, "canceled") }

    /// When the transfer has been silent for too long. Until it is connected, that is the connect timeout's business.
    var idleDeadline: ContinuousClock.Instant {
        let connecting = handle.offset(ccurl_info_pretransfer_time) == 0
        return (connecting ? .now : lastByte) + request.limits.idle
    }

    func idle() -> TransportFailure { failure(.timeout(.idle), "idle") }

    private func failure(_ code: CURLcode) -> TransportFailure {
        failure(refusal ?? reason(code), String(cString: curl_easy_strerror(code)))
    }

    private func failure(_ reason: TransportFailure.Reason, _ message: String) -> TransportFailure {
        let touched = bodySent > 0 || handle.long(ccurl_info_request_size) > 0
        let phase: TransportFailure.Phase =
            if answered { .receiving } else if !touched { .connecting } else if bodySent < request.body?.count ?? 0 {
                .sending
            } else { .waiting }
        return TransportFailure(reason: reason, phase: phase, requestTouched: touched, message: message)
    }

    private func reason(_ code: CURLcode) -> TransportFailure.Reason {
        switch code {
        case CURLE_COULDNT_RESOLVE_HOST, CURLE_COULDNT_RESOLVE_PROXY: .name
        case CURLE_COULDNT_CONNECT, CURLE_PROXY: .connect
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_USE_SSL_FAILED, CURLE_SSL_INVALIDCERTSTATUS:
            .tls
        case CURLE_SEND_ERROR, CURLE_SEND_FAIL_REWIND, CURLE_READ_ERROR: .send
        case CURLE_OPERATION_TIMEDOUT: .timeout(expiredLimit())
        case CURLE_WEIRD_SERVER_REPLY, CURLE_UNSUPPORTED_PROTOCOL, CURLE_HTTP2, CURLE_HTTP2_STREAM,
            CURLE_BAD_CONTENT_ENCODING:
            .malformed
        // What libcurl calls a header line beyond its own limit of 100 KB.
        case CURLE_OUT_OF_MEMORY where handle.long(ccurl_info_request_size) > 0: .tooLarge("a header line of more than 100 kB")
        case CURLE_OUT_OF_MEMORY, CURLE_FAILED_INIT, CURLE_URL_MALFORMAT, CURLE_BAD_FUNCTION_ARGUMENT: .setup
        default: .receive
        }
    }

    private func expiredLimit() -> TransportFailure.Limit {
        if let total = request.limits.total, ContinuousClock.now - started >= total - .milliseconds(5) { return .total }
        return .connect
    }
}

extension Collection where Element == UInt8, SubSequence: BidirectionalCollection {
    /// Without spaces, tabs and line ends on both sides.
    func trimmingSpace() -> SubSequence {
        var rest = self[...]
        func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }
        while let first = rest.first, isSpace(first) { rest = rest.dropFirst() }
        while let last = rest.last, isSpace(last) { rest = rest.dropLast() }
        return rest
    }
}
