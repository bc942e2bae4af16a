/** Symmetric systems of a few hundred unknowns, row by row in one array. */

/** Adds `weight` × row × rowᵀ to the upper half of a matrix of `size` × `size`. */
export function addOuter(matrix: Float64Array, size: number, row: Float64Array, from: number, weight: number): void {
  for (let first = 0; first < size; first++) {
    const scaled = weight * (row[from + first] as number)
    if (scaled === 0) continue
    const start = first * size
    for (let second = first; second < size; second++)
      matrix[start + second] = (matrix[start + second] as number) + scaled * (row[from + second] as number)
  }
}

/**
 * Solves `matrix` · x = `right` for a symmetric positive definite matrix of which the upper half is given, by Cholesky.
 * @throws when the matrix is not positive definite: the ridge was too small for the data
 */
export function solveSymmetric(matrix: Float64Array, right: Float64Array, size: number): Float64Array {
  const lower = new Float64Array(size * size)
  for (let column = 0; column < size; column++)
    for (let row = column; row < size; row++) {
      let sum = matrix[column * size + row] as number
      for (let inner = 0; inner < column; inner++)
        sum -= (lower[row * size + inner] as number) * (lower[column * size + inner] as number)
      if (row > column) lower[row * size + column] = sum / (lower[column * size + column] as number)
      else if (sum > 0) lower[row * size + row] = Math.sqrt(sum)
      else throw new Error(`not positive definite at ${row}`)
    }
  const solution = right.slice()
  for (let row = 0; row < size; row++) {
    let sum = solution[row] as number
    for (let inner = 0; inner < row; inner++) sum -= (lower[row * size + inner] as number) * (solution[inner] as number)
    solution[row] = sum / (lower[row * size + row] as number)
  }
  for (let row = size - 1; row >= 0; row--) {
    let sum = solution[row] as number
    for (let inner = row + 1; inner < size; inner++)
      sum -= (lower[inner * size + row] as number) * (solution[inner] as number)
    solution[row] = sum / (lower[row * size + row] as number)
  }
  return solution
}
