/* Loaded before the program (`node --import`): a fault on purpose. SQLite is told not to wait for the disk. */
import Libsql from 'libsql'

const { prepare } = Libsql.prototype

Libsql.prototype.prepare = function (text) {
  return prepare.call(this, text.replace(/synchronous = FULL/, 'synchronous = OFF'))
}
