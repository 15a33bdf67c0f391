// The one account of the sandbox: whoever has a token is it.

struct Account: Sendable {
    static let username = "sandbox"

    static var json: JSONObject {
        var object = JSONObject()
        object.add("type", "user")
        object.add("username", username)
        object.add("name", "Local Sandbox")
        return object
    }
}
