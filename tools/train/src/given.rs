//! What Sitwell gives of a picture: by the face mesh in front and oblique, by the joints at the side.

use crate::figures::{Estimates, Figures, Fits};
use crate::set::Sample;
use crate::study::{
    FRONT, FRONT_FACE, FRONT_GIRDLE, OBLIQUE, OBLIQUE_FACE, SHOULDERS, SHOULDERS_FACE, SIDE, Study,
};

/// An angle with its fits and their figures.
pub(crate) struct Fitted {
    study: Study,
    pub(crate) fits: Fits,
    pub(crate) figures: Figures,
}

/// Everything that is fitted.
pub(crate) struct Given {
    pub(crate) front: Fitted,
    pub(crate) front_face: Fitted,
    pub(crate) front_girdle: Fitted,
    pub(crate) oblique: Fitted,
    pub(crate) oblique_face: Fitted,
    pub(crate) shoulders: Fitted,
    pub(crate) shoulders_face: Fitted,
    pub(crate) side: Fitted,
}

impl Fitted {
    /// Fits an angle, and prints how well it does on strangers. Verdicts also take in `also`.
    fn new(
        study: Study,
        seen: &dyn Fn(&[&str]) -> Vec<Sample>,
        tested: &[Sample],
        also: &Estimates,
    ) -> Fitted {
        let fits = Fits::new(&study, &seen(study.crops));
        let figures = Figures::of(&study, &fits.estimates(&study, tested), also);
        Fitted {
            study,
            fits,
            figures,
        }
    }

    fn estimates(&self, tested: &[Sample]) -> Estimates {
        let estimates = self.fits.estimates(&self.study, tested);
        estimates.stated(&self.figures)
    }
}

impl Given {
    /// Fits everything to the samples that some choices of crops give, and what rests on the shoulder network to those
    /// with something worn too.
    pub(crate) fn new(
        seen: &dyn Fn(&[&str]) -> Vec<Sample>,
        worn: &[Sample],
        tested: &[Sample],
    ) -> Given {
        let also_worn = |crops: &[&str]| [seen(crops), worn.to_vec()].concat();
        let alone = |study| Fitted::new(study, seen, tested, &Estimates::default());
        let beside = |study, other: &Fitted| {
            let other = other.fits.estimates(&other.study, tested);
            Fitted::new(study, seen, tested, &other)
        };
        let (shoulders, shoulders_face) = (alone(SHOULDERS), alone(SHOULDERS_FACE));
        Given {
            front: alone(FRONT),
            front_face: alone(FRONT_FACE),
            front_girdle: Fitted::new(FRONT_GIRDLE, &also_worn, tested, &Estimates::default()),
            oblique: beside(OBLIQUE, &shoulders),
            oblique_face: beside(OBLIQUE_FACE, &shoulders_face),
            side: alone(SIDE),
            shoulders,
            shoulders_face,
        }
    }

    /// Forward head in front: by the shoulder network where it shows.
    pub(crate) fn front(&self, samples: &[Sample]) -> Estimates {
        let by_face = self.front_face.estimates(samples);
        self.front_girdle.estimates(samples).or(&by_face)
    }

    /// Prints what comes of samples, by view, pose and person.
    pub(crate) fn print_with_poses(&self, what: &str, samples: &[Sample]) {
        self.print(what, samples);
        for fitted in [
            &self.front_face,
            &self.front_girdle,
            &self.oblique_face,
            &self.side,
            &self.shoulders_face,
        ] {
            let estimates = fitted.estimates(samples);
            println!("  {}", fitted.study.name);
            estimates.print_poses();
            estimates.print_people();
        }
    }

    /// Prints what comes of samples, by view.
    pub(crate) fn print(&self, what: &str, samples: &[Sample]) {
        println!("{what}");
        let shoulders = self.shoulders_face.estimates(samples);
        let none = Estimates::default();
        let rows = [
            (&FRONT_FACE, self.front_face.estimates(samples), &none),
            (&FRONT_GIRDLE, self.front(samples), &none),
            (
                &OBLIQUE_FACE,
                self.oblique_face.estimates(samples),
                &shoulders,
            ),
            (&SIDE, self.side.estimates(samples), &none),
            (&SHOULDERS_FACE, shoulders.clone(), &none),
        ];
        for (study, estimates, also) in rows {
            let all = samples.iter().filter(|sample| study.has(sample)).count();
            if all == 0 {
                continue;
            }
            println!("  {}: {} of {all} pictures", study.name, estimates.count());
            estimates.print_within();
            estimates.print(study, "", also);
        }
    }
}
