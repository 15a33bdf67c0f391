// One libcurl easy handle, for one transfer: connections belong to the multi handle and stay. libcurl keeps too much in a
// handle that was used: with a folded line as its first header, the next answer would be put behind a header of the last one,
// which was freed (7.88, and years after it); and it refuses another size of buffer.

import CCurl

final class EasyHandle {
    let easy: UnsafeMutableRawPointer
    private var list: UnsafeMutablePointer<curl_slist>?
    private var form: Form?
    /// Where libcurl says what was wrong, in more words than its codes have.
    private let words = UnsafeMutablePointer<CChar>.allocate(capacity: Int(CURL_ERROR_SIZE))

    /// Nil: what the environment says.
    private let proxy: String?

    /// The routes of a client: its proxy, and the certificates that it trusts instead of the system's, in a file or a folder.
    struct Routes: Sendable {
        var proxy: String?
        var certificates: String?
        var certificateFolder: String?
    }

    init?(_ routes: Routes, isBulk: Bool) {
        words.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
        guard let easy = curl_easy_init() else {
            words.deallocate()
            return nil
        }
        self.easy = easy
        proxy = routes.proxy
        let ready =
            set(CURLOPT_PROTOCOLS_STR, "http,https")
            && set(CURLOPT_NOSIGNAL, 1)
            && trust(routes)
            // OpenSSL's own least, which libcurl would go below.
            && set(CURLOPT_SSLVERSION, ccurl_tls_1_2) && set(CURLOPT_PROXY_SSLVERSION, ccurl_tls_1_2)
            && set(CURLOPT_BUFFERSIZE, isBulk ? Self.bulk : Int(CURL_MAX_WRITE_SIZE))
            && set(CURLOPT_ERRORBUFFER, pointer: words)
            && set(CURLOPT_FOLLOWLOCATION, 0)
            // What a proxy says of its tunnel is not the answer.
            && set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1)
            // Without it, ending a name look-up in progress blocks until the resolver answers.
            && set(CURLOPT_QUICK_EXIT, 1)
            && ccurl_set_data_function(easy, CURLOPT_HEADERFUNCTION, Transfer.receiveHeader) == CURLE_OK
            && ccurl_set_data_function(easy, CURLOPT_WRITEFUNCTION, Transfer.receiveBody) == CURLE_OK
            && ccurl_set_prereq_function(easy, Transfer.beforeRequest) == CURLE_OK
        guard ready else { return nil }
    }

    deinit {
        curl_easy_cleanup(easy)  // Before its form goes, whose parts it may look at.
        curl_slist_free_all(list)
        words.deallocate()
    }

    /// Of the transfer that ended last.
    var problem: String? {
        words[Int(CURL_ERROR_SIZE) - 1] = 0
        let text = ForeignText.cleaned(String(cString: words))
        return text.isEmpty ? nil : text
    }

    /// `context` is what the callbacks get, and must stay until the transfer is over; so must the body. False when libcurl
    /// has no memory.
    func prepare(
        _ request: HTTPRequest, isHTTP1: Bool, body: UnsafeRawBufferPointer?, form: Form?, context: UnsafeMutableRawPointer
    ) -> Bool {
        let limits = request.limits
        if !request.isPlain { ccurl_set_tls_function(easy, Transfer.beginTLS, context) }
        return set(CURLOPT_PRIVATE, pointer: context)
            && set(CURLOPT_HEADERDATA, pointer: context)
            && set(CURLOPT_WRITEDATA, pointer: context)
            && set(CURLOPT_PREREQDATA, pointer: context)
            && set(CURLOPT_URL, request.url)
            && set(CURLOPT_HTTP_VERSION, Int(isHTTP1 ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS))
            && set(CURLOPT_UPLOAD_BUFFERSIZE, form != nil ? Self.bulk : (body?.count ?? 0) > Self.small ? 64 << 10 : Self.small)
            && ccurl_set_string(easy, CURLOPT_ACCEPT_ENCODING, request.takesGzip ? "gzip" : nil) == CURLE_OK
            && ccurl_set_string(easy, CURLOPT_PROXY, request.isDirect || request.isPublicOnly ? "" : proxy) == CURLE_OK
            && ccurl_set_socket_function(easy, request.isPublicOnly ? Transfer.openSocket : nil) == CURLE_OK
            && set(CURLOPT_OPENSOCKETDATA, pointer: request.isPublicOnly ? context : nil)
            && set(headers: request.headers, isForm: form != nil)
            && set(CURLOPT_CONNECTTIMEOUT_MS, max(1, limits.connect.milliseconds))
            && set(CURLOPT_TIMEOUT_MS, limits.total.map { max(1, ($0 + .nanoseconds(999_999)).milliseconds) } ?? 0)
            && (form.map { set($0) } ?? set(request.method, body))
    }

    /// What is read or sent at once of a file: fewer system calls, and fewer turns of the loop.
    private static let bulk = 256 << 10
    /// libcurl's least. A larger one that is freed after each of many small requests has glibc tidy the heap up each time.
    private static let small = 16 << 10

    private func set(_ method: HTTPRequest.Method, _ body: UnsafeRawBufferPointer?) -> Bool {
        let custom: String? = method == .get || method == .post ? nil : method.rawValue
        guard ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, custom) == CURLE_OK else { return false }
        if body == nil, method != .post { return set(CURLOPT_HTTPGET, 1) }
        // An empty body needs an address too, or libcurl would read one from standard input.
        return set(CURLOPT_POST, 1)
            && ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body?.count ?? 0)) == CURLE_OK
            && set(CURLOPT_POSTFIELDS, pointer: UnsafeMutableRawPointer(mutating: body?.baseAddress) ?? easy)
    }

    /// libcurl has a file and a folder of its own, whose certificates would be trusted beside the caller's.
    private func trust(_ routes: Routes) -> Bool {
        guard routes.certificates != nil || routes.certificateFolder != nil else { return true }
        return ccurl_set_string(easy, CURLOPT_CAINFO, routes.certificates) == CURLE_OK
            && ccurl_set_string(easy, CURLOPT_CAPATH, routes.certificateFolder) == CURLE_OK
            && ccurl_set_string(easy, CURLOPT_PROXY_CAINFO, routes.certificates) == CURLE_OK
            && ccurl_set_string(easy, CURLOPT_PROXY_CAPATH, routes.certificateFolder) == CURLE_OK
    }

    private func set(_ option: CURLoption, _ value: Int) -> Bool { ccurl_set_long(easy, option, value) == CURLE_OK }

    private func set(_ option: CURLoption, _ value: String) -> Bool { ccurl_set_string(easy, option, value) == CURLE_OK }

    private func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) -> Bool {
        ccurl_set_pointer(easy, option, pointer) == CURLE_OK
    }

    private func set(headers fields: [(name: String, value: String)], isForm: Bool) -> Bool {
        // "Name:" takes back what libcurl would add by itself: a pause before large bodies, a form's type.
        var lines = ["Expect:"]
        if !fields.contains(where: { $0.name == "Content-Type" }), !isForm { lines.append("Content-Type:") }
        lines += fields.map { "\($0.name): \($0.value)" }
        var longer: UnsafeMutablePointer<curl_slist>?
        for line in lines {
            guard let next = curl_slist_append(longer, line) else {
                curl_slist_free_all(longer)
                return false
            }
            longer = next
        }
        guard ccurl_set_list(easy, CURLOPT_HTTPHEADER, longer) == CURLE_OK else {
            curl_slist_free_all(longer)
            return false
        }
        curl_slist_free_all(list)
        list = longer
        return true
    }

    private func set(_ form: Form) -> Bool {
        self.form = form
        return ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, nil) == CURLE_OK
            && set(CURLOPT_MIMEPOST, pointer: UnsafeMutableRawPointer(form.mime))
    }

    /// What the connection's two ends agreed on under TLS; nil where libcurl's TLS does not tell.
    var agreedOnHTTP2: Bool? {
        let answer = ccurl_agreed_on_http2(easy)
        return answer < 0 ? nil : answer > 0
    }

    func long(_ info: CURLINFO) -> Int {
        var value = 0
        return ccurl_get_long(easy, info, &value) == CURLE_OK ? value : 0
    }

    func offset(_ info: CURLINFO) -> Int64 {
        var value: curl_off_t = 0
        return ccurl_get_offset(easy, info, &value) == CURLE_OK ? Int64(value) : 0
    }
}
