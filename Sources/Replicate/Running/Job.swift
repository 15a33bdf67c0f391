// What runs at the service and can be waited for.

public enum Job: String, Sendable {
    case prediction, training

    var get: Operation { self == .prediction ? .predictionsGet : .trainingsGet }
}
