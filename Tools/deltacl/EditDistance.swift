extension String {
  /// The fewest characters to insert, delete or replace to make one text of another.
  ///
  /// Vladimir Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", Soviet Physics Doklady 10, 1966.
  func editDistance(to other: String) -> Int {
    let other = Array(other)
    // From the beginning of the text so far to each beginning of the other.
    var distances = Array(0...other.count)
    for (row, character) in enumerated() {
      var diagonal = distances[0]
      distances[0] = row + 1
      for column in other.indices {
        let replaced = diagonal + (character == other[column] ? 0 : 1)
        diagonal = distances[column + 1]
        distances[column + 1] = Swift.min(replaced, diagonal + 1, distances[column] + 1)
      }
    }
    return distances[other.count]
  }
}
