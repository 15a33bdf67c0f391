// What `--operations` prints: the operations that the core knows, and whether there is a route for each.

import Replicate

enum OperationList {
    /// A line for each: its name, its method and its path, with tabs between; behind one without a route also "not served".
    static var text: String {
        Operation.all.map { operation in
            let line = [operation.name, operation.methodName, operation.path]
            return (isServed(operation) ? line : line + ["not served"]).joined(separator: "\t") + "\n"
        }.joined()
    }

    /// Whether there is a route for its path with a word in the place of each argument.
    static func isServed(_ operation: Operation) -> Bool {
        let path = operation.path.prefix { $0 != "?" }.filter { $0 != "{" && $0 != "}" }
        return (try? Route.find(method: operation.methodName, path: "/v1\(path)")) != nil
    }
}
