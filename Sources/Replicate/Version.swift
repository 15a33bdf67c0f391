public enum Version {
    /// Semantic version of the library; include/replicate.h says the same, and a test compares the two.
    public static let string = "0.1.0"
}
