/// A table that is printed row by row: numbers to the right, texts to the left.
struct Columns {
  struct Column {
    let title: String
    let width: Int
    let isText: Bool

    static func text(_ title: String, _ width: Int) -> Column { Column(title: title, width: width, isText: true) }
    static func number(_ title: String, _ width: Int = 9) -> Column {
      Column(title: title, width: width, isText: false)
    }
  }

  let columns: [Column]

  var header: String { line(columns.map(\.title)) }

  /// A row; cells that are wider than their column push the others aside.
  func line(_ cells: [String]) -> String {
    let padded = zip(columns, cells).map { column, cell in
      let space = String(repeating: " ", count: max(0, column.width - cell.count))
      return column.isText ? cell + space : space + cell
    }
    let line = padded.joined(separator: "  ")
    return String(line.reversed().drop { $0 == " " }.reversed())
  }
}
