/**
 * Unit codes are UCUM (case sensitive). This follows the syntax of the UCUM specification, section 2: terms joined by `.`
 * and `/`, exponents, prefixes, parentheses, `{annotations}`. Of the unit atoms it knows a curated part: SI, what is used
 * with it, and the customary units that city equipment reports in. It checks a code; `units/` converts.
 */
export function isUnitCode(code: string): boolean {
  if (code.length > codeLengthMax) return false
  const rest = term(code.startsWith('/') ? code.slice(1) : code)
  return rest === ''
}

// No real unit is longer; nested parentheses could otherwise be as deep as a file is long.
const codeLengthMax = 48

/** Each function takes what it recognises off the front and returns the rest, or `undefined`. */
function term(text: string): string | undefined {
  let rest = component(text)
  while (rest?.startsWith('.') === true || rest?.startsWith('/') === true) rest = component(rest.slice(1))
  return rest
}

function component(text: string): string | undefined {
  if (text.startsWith('(')) {
    const inside = term(text.slice(1))
    return inside?.startsWith(')') === true ? inside.slice(1) : undefined
  }
  const annotation = /^\{[\x21-\x7e]*?\}/.exec(text)?.[0]
  if (annotation !== undefined) return text.slice(annotation.length)
  // `10*` and `10^` are units of their own: 10*3 is a thousand.
  const power = /^10[*^][+-]?\d+/.exec(text)?.[0]
  if (power !== undefined) return text.slice(power.length)
  const factor = /^[1-9]\d*/.exec(text)?.[0]
  if (factor !== undefined) return annotated(text.slice(factor.length))
  const unit = /^(?:[A-Za-z]*\[[A-Za-z0-9_.]+\]|[A-Za-z]+|%)/.exec(text)?.[0]
  if (unit === undefined || !isAtom(unit)) return undefined
  return annotated(text.slice(unit.length).replace(/^[+-]?\d+/, ''))
}

function annotated(rest: string): string {
  return rest.replace(/^\{[\x21-\x7e]*?\}/, '')
}

function isAtom(unit: string): boolean {
  if (metric.has(unit) || customary.has(unit)) return true
  return prefixes.some((prefix) => unit.startsWith(prefix) && metric.has(unit.slice(prefix.length)))
}

const prefixes = 'da Y Z E P T G M k h d c m u n p f a z y Ki Mi Gi Ti'.split(' ')

/** Atoms that take a prefix. `B[mW]`, the reference of radio signal strength, is not in UCUM but every gateway sends dBm. */
const metric = new Set(
  `m s g rad C K cd Cel mol sr Hz N Pa J W A V F Ohm S Wb T H lm lx Bq Gy Sv kat L l bar t eV By bit Bd u cal gf Np B
   B[SPL] B[V] B[mV] B[uV] B[W] B[kW] B[mW] ar st R Ci m[H2O] m[Hg] U eq osm`.split(/\s+/),
)

/** Atoms that take none. */
const customary = new Set(
  `% min h d wk mo a deg gon [ppth] [ppm] [ppb] [pptr] [pi] [pH] [degF] [degR] [in_i] [ft_i] [yd_i] [mi_i] [nmi_i] [kn_i]
   [gal_us] [gal_br] [lb_av] [oz_av] [ston_av] [lbf_av] [psi] [HP] [Btu] [cin_i] [cft_i] [sft_i] [acr_us] [FTU] [NTU]
   atm circ sph`.split(/\s+/),
)

/** Every atom that `isUnitCode` knows; each has its measure in `units/unit-atoms.ts`. */
export const unitAtoms: readonly string[] = [...metric, ...customary]
