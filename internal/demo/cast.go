package demo

import "github.com/commonhold/commonhold/org"

// person is one of the cast: everybody is invented.
type person struct {
	name, address string
	role          org.OrgRole
	teams         string // where they work, by the teams' short names
}

// Numbers of those whom the story speaks of. A person's number is their place in the cast, and ext:demo-<number>.
const (
	amara    = 1 // founded it
	ines     = 3 // second owner
	tomasz   = 4 // admins
	leilani  = 5
	farid    = 6
	marguer  = 7 // billing
	sunita   = 9 // becomes admin
	yara     = 22
	benedikt = 33 // was removed and came back
	kofi     = 41 // suspended
	ngozi    = 44
	elif     = 57 // contractors
	paolo    = 58
	hana     = 59
	mateus   = 60 // starts next week
)

// cast is everybody, in the order in which they came.
var cast = []person{
	{"Amara Okafor", "amara.okafor", org.RoleOwner, ""},
	{"Jonas Weber", "jonas.weber", org.RoleMember, "growth product"},
	{"Inês Carvalho", "ines.carvalho", org.RoleOwner, "product"},
	{"Tomasz Zieliński", "tomasz.zielinski", org.RoleAdmin, "data"},
	{"Leilani Kahale", "leilani.kahale", org.RoleAdmin, "support"},
	{"Farid Haddad", "farid.haddad", org.RoleAdmin, "mobile"},
	{"Marguerite Dubois", "marguerite.dubois", org.RoleBillingAdmin, "finance"},
	{"Kenji Watanabe", "kenji.watanabe", org.RoleBillingAdmin, "finance"},
	{"Sunita Rao", "sunita.rao", org.RoleMember, "growth"},
	{"Oluwaseun Adeyemi", "oluwaseun.adeyemi", org.RoleMember, "product"},
	{"Freya Nilsen", "freya.nilsen", org.RoleMember, "research"},
	{"Mateo Fernández", "mateo.fernandez", org.RoleMember, "mobile"},
	{"Chloe Martin", "chloe.martin", org.RoleMember, "marketing"},
	{"Dmitri Volkov", "dmitri.volkov", org.RoleMember, "data"},
	{"Aisha Siddiqui", "aisha.siddiqui", org.RoleMember, "support"},
	{"Liam O'Connell", "liam.oconnell", org.RoleMember, "growth"},
	{"Wei Zhang", "wei.zhang", org.RoleMember, "data research"},
	{"Giulia Romano", "giulia.romano", org.RoleMember, "marketing"},
	{"Samuel Mensah", "samuel.mensah", org.RoleMember, "mobile"},
	{"Ingrid Solberg", "ingrid.solberg", org.RoleMember, "finance"},
	{"Rafael Costa", "rafael.costa", org.RoleMember, "product"},
	{"Yara El-Masri", "yara.elmasri", org.RoleMember, "research"},
	{"Noah Fischer", "noah.fischer", org.RoleMember, "data"},
	{"Priya Nair", "priya.nair", org.RoleMember, "growth"},
	{"Émile Lambert", "emile.lambert", org.RoleMember, "support"},
	{"Hye-jin Park", "hyejin.park", org.RoleMember, "mobile"},
	{"Zanele Dlamini", "zanele.dlamini", org.RoleMember, "marketing"},
	{"Lukas Novák", "lukas.novak", org.RoleMember, "data"},
	{"Catarina Silva", "catarina.silva", org.RoleMember, "product growth"},
	{"Ahmed Farouk", "ahmed.farouk", org.RoleMember, "support"},
	{"Maya Goldberg", "maya.goldberg", org.RoleMember, "research"},
	{"Viktor Horváth", "viktor.horvath", org.RoleMember, "mobile"},
	{"Benedikt Maier", "benedikt.maier", org.RoleMember, "data"},
	{"Rosa Delgado", "rosa.delgado", org.RoleMember, "support"},
	{"Arjun Mehta", "arjun.mehta", org.RoleMember, "growth"},
	{"Sofia Papadaki", "sofia.papadaki", org.RoleMember, "marketing"},
	{"Callum Fraser", "callum.fraser", org.RoleMember, "mobile"},
	{"Nadia Petrova", "nadia.petrova", org.RoleMember, "product"},
	{"Thabo Nkosi", "thabo.nkosi", org.RoleMember, "support"},
	{"Lotte de Vries", "lotte.devries", org.RoleMember, "research"},
	{"Kofi Asante", "kofi.asante", org.RoleMember, "growth"},
	{"Minh Tran", "minh.tran", org.RoleMember, "data"},
	{"Isabel Moreno", "isabel.moreno", org.RoleMember, "marketing"},
	{"Ngozi Eze", "ngozi.eze", org.RoleMember, "product"},
	{"Henrik Dahl", "henrik.dahl", org.RoleMember, "finance"},
	{"Tala Reyes", "tala.reyes", org.RoleMember, "support"},
	{"Omar Benali", "omar.benali", org.RoleMember, "mobile"},
	{"Grace Wanjiru", "grace.wanjiru", org.RoleMember, "growth"},
	{"Anton Bergström", "anton.bergstrom", org.RoleMember, "data"},
	{"Fatima Zahra Idrissi", "fatima.idrissi", org.RoleMember, "marketing"},
	{"Diego Ramírez", "diego.ramirez", org.RoleMember, "support"},
	{"Esther Cohen", "esther.cohen", org.RoleMember, "research"},
	{"Pavel Dvořák", "pavel.dvorak", org.RoleMember, "product"},
	{"Aroha Ngata", "aroha.ngata", org.RoleMember, "mobile"},
	{"Luca Bianchi", "luca.bianchi", org.RoleMember, "growth"},
	{"Siobhán Kelly", "siobhan.kelly", org.RoleMember, "support"},
	{"Elif Yılmaz", "elif.yilmaz", org.RoleMember, "data"},
	{"Paolo Conti", "paolo.conti", org.RoleMember, "mobile"},
	{"Hana Suzuki", "hana.suzuki", org.RoleMember, "research"},
	{"Mateus Almeida", "mateus.almeida", org.RoleMember, "growth"},
}

// team is one of the demo's teams, with who manages it.
type team struct {
	short, name string
	manager     int
}

var teams = []team{
	{"growth", "Growth", sunita},
	{"product", "Product", 10},
	{"data", "Data platform", tomasz},
	{"mobile", "Mobile", 12},
	{"marketing", "Marketing", 13},
	{"support", "Customer support", leilani},
	{"finance", "Finance", marguer},
	{"research", "Research", 11},
}

// project is one of the demo's projects, with who leads it and what teams have in it.
type project struct {
	short, name, timezone, region string
	lead                          int
	teams                         map[string]org.ProjectRole
	people                        map[int]org.ProjectRole
}

var projects = []project{
	{"web", "Web app", "Europe/Berlin", "eu", 10,
		map[string]org.ProjectRole{"product": org.Admin, "growth": org.Analyst, "support": org.Consumer},
		map[int]org.ProjectRole{2: org.Consumer, 17: org.Analyst, 31: org.Analyst}},
	{"ios", "iOS app", "America/Los_Angeles", "us", 12, map[string]org.ProjectRole{"mobile": org.Admin, "product": org.Analyst}, map[int]org.ProjectRole{26: org.Owner}},
	{"android", "Android app", "Asia/Seoul", "us", 26, map[string]org.ProjectRole{"mobile": org.Admin, "product": org.Analyst}, nil},
	{"checkout", "Checkout", "Europe/Berlin", "eu", 21, map[string]org.ProjectRole{"product": org.Admin, "finance": org.Analyst, "growth": org.Consumer}, map[int]org.ProjectRole{16: org.Analyst}},
	{"onboarding", "Signup", "Europe/Lisbon", "eu", sunita, map[string]org.ProjectRole{"growth": org.Admin, "product": org.Analyst}, map[int]org.ProjectRole{15: org.Consumer}},
	{"site", "Marketing site", "Europe/Paris", "eu", 13, map[string]org.ProjectRole{"marketing": org.Admin, "growth": org.Analyst}, nil},
	{"help", "Help centre", "Pacific/Honolulu", "us", 15, map[string]org.ProjectRole{"support": org.Admin, "product": org.Consumer}, map[int]org.ProjectRole{25: org.Admin}},
	{"warehouse", "Data warehouse", "UTC", "eu", 14, map[string]org.ProjectRole{"data": org.Admin, "research": org.Analyst}, map[int]org.ProjectRole{11: org.Admin}},
	{"experiments", "Experiments", "UTC", "eu", 11, map[string]org.ProjectRole{"research": org.Admin, "growth": org.Analyst, "data": org.Analyst}, nil},
	{"partners", "Partner portal", "Africa/Lagos", "eu", 18, map[string]org.ProjectRole{"marketing": org.Analyst, "support": org.Consumer}, map[int]org.ProjectRole{27: org.Admin, 36: org.Analyst}},
	{"invoices", "Billing and invoices", "Europe/Oslo", "eu", 20, map[string]org.ProjectRole{"finance": org.Admin}, map[int]org.ProjectRole{45: org.Analyst}},
	{"sandbox", "Sandbox", "UTC", "eu", 28, nil, map[int]org.ProjectRole{23: org.Admin}},
}
