// One libcurl easy handle, kept for the next transfer when its own is done. What is the same for every transfer is set
// once; `prepare` sets the rest.

import CCurl

final class EasyHandle {
    let easy: UnsafeMutableRawPointer
    private var list: UnsafeMutablePointer<curl_slist>?
    private var listed: [(name: String, value: String)]?
    private var form: Form?

    /// Nil: what the environment says.
    private let proxy: String?

    /// The routes of a client: its proxy, and the certificates that it trusts instead of the system's.
    struct Routes: Sendable {
        var proxy: String?
        var certificates: String?
    }

    init?(_ routes: Routes) {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
        proxy = routes.proxy
        let ready =
            set(CURLOPT_PROTOCOLS_STR, "http,https")
            && set(CURLOPT_NOSIGNAL, 1)
            && (routes.certificates.map { set(CURLOPT_CAINFO, $0) } ?? true)
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
        curl_easy_cleanup(easy)
        curl_slist_free_all(list)
    }

    /// `context` is what the callbacks get, and must stay until the transfer is over; so must the body. False when libcurl
    /// has no memory.
    func prepare(
        _ request: HTTPRequest, body: UnsafeRawBufferPointer?, form: Form?, context: UnsafeMutableRawPointer
    ) -> Bool {
        let limits = request.limits
        return set(CURLOPT_PRIVATE, pointer: context)
            && set(CURLOPT_HEADERDATA, pointer: context)
            && set(CURLOPT_WRITEDATA, pointer: context)
            && set(CURLOPT_PREREQDATA, pointer: context)
            && set(CURLOPT_URL, request.url)
            && set(CURLOPT_BUFFERSIZE, request.isBulk ? Self.bulk : Int(CURL_MAX_WRITE_SIZE))
            && set(CURLOPT_UPLOAD_BUFFERSIZE, form != nil ? Self.bulk : 64 << 10)
            && ccurl_set_string(easy, CURLOPT_PROXY, request.isDirect ? "" : proxy) == CURLE_OK
            && set(headers: request.headers, isForm: form != nil)
            && set(CURLOPT_CONNECTTIMEOUT_MS, max(1, limits.connect.milliseconds))
            && set(CURLOPT_TIMEOUT_MS, limits.total.map { max(1, ($0 + .nanoseconds(999_999)).milliseconds) } ?? 0)
            && (form.map { set($0) } ?? set(request.method, body))
    }

    /// What is read or sent at once of a file: fewer system calls, and fewer turns of the loop.
    private static let bulk = 256 << 10

    private func set(_ method: HTTPRequest.Method, _ body: UnsafeRawBufferPointer?) -> Bool {
        let custom: String? = method == .get || method == .post ? nil : method.rawValue
        guard ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, custom) == CURLE_OK else { return false }
        if body == nil, method != .post { return set(CURLOPT_HTTPGET, 1) }
        // An empty body needs an address too, or libcurl would read one from standard input.
        return set(CURLOPT_POST, 1)
            && ccurl_set_offset(easy, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body?.count ?? 0)) == CURLE_OK
            && set(CURLOPT_POSTFIELDS, pointer: UnsafeMutableRawPointer(mutating: body?.baseAddress) ?? easy)
    }

    private func set(_ option: CURLoption, _ value: Int) -> Bool { ccurl_set_long(easy, option, value) == CURLE_OK }

    private func set(_ option: CURLoption, _ value: String) -> Bool { ccurl_set_string(easy, option, value) == CURLE_OK }

    private func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) -> Bool {
        ccurl_set_pointer(easy, option, pointer) == CURLE_OK
    }

    /// The list is made again only when the fields are not those of the last transfer, which they mostly are.
    private func set(headers fields: [(name: String, value: String)], isForm: Bool) -> Bool {
        if let listed, listed.elementsEqual(fields, by: ==), !isForm { return true }
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
        listed = isForm ? nil : fields
        return true
    }

    private func set(_ form: Form) -> Bool {
        self.form = form
        return ccurl_set_string(easy, CURLOPT_CUSTOMREQUEST, nil) == CURLE_OK
            && set(CURLOPT_MIMEPOST, pointer: UnsafeMutableRawPointer(form.mime))
    }

    /// When a transfer is over: its form may be large, and the handle may be idle for long.
    func release() {
        guard form != nil else { return }
        // A handle that keeps the option would read freed parts.
        _ = set(CURLOPT_MIMEPOST, pointer: nil)
        form = nil
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
