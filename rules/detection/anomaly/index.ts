export { type SurpriseParams, surpriseDefaults } from './params.ts'
export { surpriseSlots } from './place.ts'
export { surprise, termOf } from './surprise.ts'
export { type AnomalyTerm, anomalyTerms, rarityText, termText } from './term.ts'
