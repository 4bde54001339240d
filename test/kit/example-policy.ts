// The policy that the design page shows, row for row, with what else its words need.
// Tests of permits, safety and the publish gate decide with it.

export const examplePolicy = `
# type, rule,          effect, who,           does,     data,                     provider,                                    when,               because
p,  base-internal,   allow, role:employee, complete, up to internal+contact,    with no-training,                            always,             AI Use Standard 3.1
p,  support-contact, allow, role:support,  complete, up to confidential+pii,    with zero-retention and no-training and dpa, purpose:support,    DPIA-2026-014
p,  clinical-phi,    allow, role:clinical, complete, up to restricted+pii+phi,  with baa and zero-retention and no-training, always,             "HIPAA 164.504(e), BAA register 12"
p,  in-house,        allow, role:employee, anything, up to restricted+pii+phi+eu, with self-hosted,                          always,             AI Use Standard 3.4
p,  phi-needs-baa,   deny,  anyone,        anything, any phi,                   unless baa or self-hosted,                   always,             HIPAA 164.504(e)
p,  phi-needs-zdr,   deny,  anyone,        anything, any phi,                   unless zero-retention,                       unless break-glass, Privacy Standard 7
p,  eu-residency,    deny,  anyone,        anything, any eu,                    unless region:eu,                            always,             GDPR Art. 44
p,  no-acme,         deny,  anyone,        anything, confidential or above,     if vendor:acme-labs,                         always,             Vendor risk VR-88
g,  team:clinic, role:clinical
g2, self-hosted, zero-retention
g3, S4, always-block
g3, S6, specialised-advice
# type, rule,          action, who,    answers about,       category,           because
p2, secrets-blocked, block,  anyone, public or above,     secret,             Security Standard 2
p2, advice-patients, block,  anyone, any phi,             specialised-advice, Clinical safety 4
p2, advice-flagged,  flag,   anyone, public or above,     specialised-advice, Clinical safety 4
`;
