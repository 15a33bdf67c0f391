// One libcurl easy handle, kept for the next transfer when its own is done.

import CCurl

final class EasyHandle {
    let easy: UnsafeMutableRawPointer
    private var headers: UnsafeMutablePointer<curl_slist>?

    init?() {
        guard let easy = curl_easy_init() else { return nil }
        self.easy = easy
    }

    deinit {
        curl_slist_free_all(headers)
        curl_easy_cleanup(easy)
    }

    func reset() {
        curl_easy_reset(easy)
        curl_slist_free_all(headers)
        headers = nil
    }

    /// False when libcurl has no memory, or does not know the option.
    func set(_ option: CURLoption, _ value: Int) -> Bool { ccurl_set_long(easy, option, value) == CURLE_OK }
    func set(_ option: CURLoption, _ value: String) -> Bool { ccurl_set_string(easy, option, value) == CURLE_OK }
    func set(_ option: CURLoption, pointer: UnsafeMutableRawPointer?) -> Bool {
        ccurl_set_pointer(easy, option, pointer) == CURLE_OK
    }
    func set(_ option: CURLoption, function: @escaping curl_write_callback) -> Bool {
        ccurl_set_data_function(easy, option, function) == CURLE_OK
    }

    /// The handle owns the list until `reset`.
    func set(headers fields: [(name: String, value: String)]) -> Bool {
        // "Name:" takes back what libcurl would add by itself: a pause before large bodies, a form's type.
        var lines = ["Expect:"]
        if !fields.contains(where: { $0.name == "Content-Type" }) { lines.append("Content-Type:") }
        lines += fields.map { "\($0.name): \($0.value)" }
        for line in lines {
            guard let longer = curl_slist_append(headers, line) else { return false }
            headers = longer
        }
        return ccurl_set_list(easy, CURLOPT_HTTPHEADER, headers) == CURLE_OK
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
