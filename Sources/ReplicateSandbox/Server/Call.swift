// One call of an operation: the request, and where its URLs lead back to.

struct Call: Sendable {
    static let predictionPage = 100
    static let page = 25

    let request: APIRequest
    let base: String

    func body() throws(Problem) -> [UInt8] {
        switch request.body {
        case .bytes(let bytes): return bytes
        case .tooLarge: throw .tooLarge
        case .broken: throw .badRequest("The request's body cannot be read.")
        }
    }

    func query() throws(Problem) -> QueryItems { try QueryItems(request.query) }

    /// - Parameter filters: what else stands in the URLs of the other pages, each item with its ampersand.
    func answer<Element: Sendable>(
        _ page: Listing<Element>, filters: String = "", _ json: (Element) async -> [UInt8]
    ) async -> Answer {
        var results = JSONArray()
        for element in page.elements { results.add(raw: await json(element)) }
        func url(_ cursor: Cursor?) -> String? {
            cursor.map { "\(base)\(request.path)?cursor=\($0.text)\(filters)" }
        }
        return Self.page(next: url(page.next), previous: url(page.previous), results: results)
    }

    static func page(next: String?, previous: String?, results: JSONArray) -> Answer {
        var object = JSONObject()
        object.add("previous", orNull: previous)
        object.add("next", orNull: next)
        object.add("results", raw: results.text)
        return Answer(body: object.text)
    }
}
